/** Percentiles of some durations in milliseconds. */
export type Times = Readonly<{ count: number; p50: number; p99: number; longest: number }>

export function timesOf(durations: readonly number[]): Times {
  const sorted = durations.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), longest: at(1) }
}
