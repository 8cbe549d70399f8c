import { createHash } from 'node:crypto'

/** Numbers from 0 to 1 that are always the same for the same seed, so that a product always has the same picture. */
export type Dice = () => number

/** Opens the numbers of a seed (mulberry32). */
export function openDice(seed: string): Dice {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number between two bounds. */
export const between = (dice: Dice, low: number, high: number): number => low + dice() * (high - low)

export type Point = Readonly<{ x: number; y: number }>

/** A number as short as a picture of 400 points needs it. */
export const short = (value: number): string => String(Math.round(value * 10) / 10)

type Channels = readonly [number, number, number]
const channelsOf = (hex: string): Channels => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as never

/** A colour between two: 0 is the first, 1 the second. */
export function mixed(one: string, other: string, share: number): string {
  const [from, to] = [channelsOf(one), channelsOf(other)]
  const channels = from.map((value, at) => Math.round(value + ((to[at] ?? 0) - value) * share))
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

export const lighter = (color: string, share: number): string => mixed(color, '#fffaf2', share)
export const darker = (color: string, share: number): string => mixed(color, '#1f1a22', share)

export const group = (transform: string, content: string): string => `<g transform="${transform}">${content}</g>`
export const circle = ({ x, y }: Point, r: number, fill: string): string =>
  `<circle cx="${short(x)}" cy="${short(y)}" r="${short(r)}" fill="${fill}"/>`
export const path = (d: string, fill: string, more = ''): string => `<path d="${d}" fill="${fill}"${more}/>`
export const line = (d: string, stroke: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${short(width)}" stroke-linecap="round" stroke-linejoin="round"/>`

/** The place and the turn of a part. */
export const at = ({ x, y }: Point, turn = 0, scale = 1): string =>
  `translate(${short(x)} ${short(y)})${turn === 0 ? '' : ` rotate(${short(turn)})`}${scale === 1 ? '' : ` scale(${scale.toFixed(3)})`}`

/** A picture of 400 by 400 points, or of another size, on a soft ground. */
export function picture(
  content: string,
  { ground, width = 400, height = 400 }: { ground: string; width?: number; height?: number },
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><defs><radialGradient id="ground" cx=".5" cy=".36" r=".85"><stop stop-color="${lighter(ground, 0.55)}"/><stop offset="1" stop-color="${ground}"/></radialGradient></defs><rect width="${width}" height="${height}" fill="url(#ground)"/>${content}</svg>`
}

/** A soft shadow under a thing that stands. */
export const shadow = ({ x, y }: Point, width: number, strength = 0.14): string =>
  [1, 0.8, 0.55]
    .map(
      (share) =>
        `<ellipse cx="${short(x)}" cy="${short(y)}" rx="${short(width * share)}" ry="${short(width * share * 0.16)}" fill="#2a2018" opacity="${short(strength * 10 * 0.5) === '0' ? '.05' : (strength * 0.5).toFixed(2)}"/>`,
    )
    .join('')
