import type { Rate } from '#platform/config'

/** Which rates hold, by class. */
export type Rates = Readonly<{ kind: 'off' }> | Readonly<{ kind: 'on'; rates: Readonly<Record<string, Rate>> }>

/** What taking from a limit came to. Times are whole seconds. */
type Taken = Readonly<{
  granted: boolean
  /** How many may come at once. */
  limit: number
  remaining: number
  /** Until the limit is full again. */
  reset: number
  /** Until the next one is granted; 0 when this one was. */
  retryAfter: number
}>

/** Counts callers against their limits: a token bucket per class and key, in this process. */
export type Limiter = Readonly<{
  /** Takes one from the bucket of `key`; undefined when limits are off. Throws on a class that has no rate. */
  take: (name: string, key: string) => Taken | undefined
  knows: (name: string) => boolean
}>

/** Keys kept at most; the bound is against callers who make up addresses. */
const mostKeys = 200_000

/**
 * Opens the limits of a process. The bucket of a key is one number, the moment at which it is full again (GCRA), so
 * that a take costs 0.1 µs and no timer; a fixed window would let twice its count through at its edges.
 */
export function openLimiter(limits: Rates, now: () => number = Date.now): Limiter {
  if (limits.kind === 'off') return { take: () => undefined, knows: () => true }
  const { rates } = limits
  const fullAt = new Map<string, number>()
  return {
    knows: (name) => Object.hasOwn(rates, name),
    take: (name, key) => {
      const rate = rates[name]
      if (!rate) throw new Error(`No rate for the limit "${name}"`)
      const moment = now()
      const bucket = `${name} ${key}`
      const taken = takeOne(rate, fullAt.get(bucket) ?? 0, moment)
      if (!taken.granted) return taken
      if (fullAt.size >= mostKeys) makeRoom(fullAt, moment)
      fullAt.set(bucket, taken.fullAt)
      return taken
    },
  }
}

function takeOne({ count, seconds, burst }: Rate, fullAt: number, moment: number) {
  const each = (seconds * 1000) / count
  const next = Math.max(fullAt, moment) + each
  const wait = next - moment - each * burst
  // A rounding error of the sums must not refuse the last of the burst.
  const granted = wait <= 0.001
  const full = granted ? next : fullAt
  return {
    granted,
    limit: burst,
    remaining: granted ? Math.floor(burst - (full - moment) / each + 0.001) : 0,
    reset: Math.ceil((full - moment) / 1000),
    retryAfter: granted ? 0 : Math.max(1, Math.ceil(wait / 1000)),
    fullAt: full,
  }
}

/** Forgets full buckets, and the oldest tenth when that is not enough. */
function makeRoom(fullAt: Map<string, number>, moment: number) {
  for (const [bucket, full] of fullAt) if (full <= moment) fullAt.delete(bucket)
  const excess = fullAt.size - Math.floor(mostKeys * 0.9)
  if (excess > 0) for (const bucket of fullAt.keys().take(excess)) fullAt.delete(bucket)
}

/** What an address counts as: IPv6 callers own a whole /64. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]!.split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
