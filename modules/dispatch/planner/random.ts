/** A seeded generator: every call returns a number from 0 to below 1. The same seed gives the same numbers. */
export type Draw = () => number

/** Mulberry32: 32 bits of state, one multiplication-free pass; its quality is enough to vary a search. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Shuffles the first `count` elements in place. */
export function shuffle(draw: Draw, list: Int32Array, count: number): void {
  for (let last = count - 1; last > 0; last--) {
    const other = (draw() * (last + 1)) | 0
    const swapped = list[last]!
    list[last] = list[other]!
    list[other] = swapped
  }
}
