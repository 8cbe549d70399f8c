import type { Rate } from '#platform/config'
import { shareBuckets } from './share-buckets.ts'
import type { SharedCounts } from './shared-counts.ts'

/** The rate of every named limit. `off` is for benchmarks. Without `counts` each process counts by itself. */
export type Rates =
  | Readonly<{ kind: 'off' }>
  | Readonly<{ kind: 'on'; rates: Readonly<Record<string, Rate>>; counts?: SharedCounts | undefined }>

/** The result of taking one from a limit. Times are whole seconds. */
type Taken = Readonly<{
  granted: boolean
  /** The burst: how many are granted at once. */
  limit: number
  remaining: number
  /** Until the limit is full again. */
  reset: number
  /** Until the next one is granted; 0 when this one was granted. */
  retryAfter: number
}>

/** Counts keys against named limits: a token bucket per limit and key, in this process and, with shared counts, in all. */
export type Limiter = Readonly<{
  /** Takes one from the bucket of `key`; undefined when limits are off. Throws on a limit without a rate. */
  take: (name: string, key: string) => Taken | undefined
  /** Returns one to the bucket: the attempt does not count. */
  giveBack: (name: string, key: string) => void
  /** Fills the bucket: no attempt counts. */
  clear: (name: string, key: string) => void
  /** True when the limit has a rate. */
  knows: (name: string) => boolean
}>

/** Keys that one limit stores at most. Callers can make up addresses, so the number of keys must be bounded. */
const maxKeys = 200_000

/** The moments in milliseconds at which the buckets of one limit are full again, by key. */
type Buckets = Map<string, number>

const off: Limiter = { take: () => undefined, giveBack: () => {}, clear: () => {}, knows: () => true }

type Options = Readonly<{
  /** Names the limiter among those of the shop: limiters of one name share their counts. */
  name: string
  /** Milliseconds of any clock; `Date.now` when absent. */
  now?: () => number
}>

/**
 * Opens the limits of a process. A bucket is one number, the moment at which it is full again (GCRA), so a take costs
 * about a microsecond and needs no timer. A fixed window would grant twice its count around its edge.
 */
export function openLimiter(limits: Rates, { name, now = Date.now }: Options): Limiter {
  if (limits.kind === 'off') return off
  const { rates, counts } = limits
  const buckets = new Map(Object.keys(rates).map((limit): [string, Buckets] => [limit, new Map()]))
  const limitOf = (limit: string) => {
    const [rate, fullAt] = [rates[limit], buckets.get(limit)]
    if (!rate || !fullAt) throw new Error(`The limit "${limit}" has no rate: add it to the settings`)
    return { rate, fullAt }
  }
  const sharing = counts && shareBuckets({ name, counts, ...levelsOf(buckets, now) })
  return {
    knows: (limit) => Object.hasOwn(rates, limit),
    take: (limit, key) => {
      const { rate, fullAt } = limitOf(limit)
      const moment = now()
      const { full, ...taken } = takeOne(rate, fullAt.get(key) ?? 0, moment)
      sharing?.add(limit, key, taken.granted ? intervalOf(rate) : 0)
      save(fullAt, { key, full, moment })
      return taken
    },
    giveBack: (limit, key) => {
      const { rate, fullAt } = limitOf(limit)
      const full = fullAt.get(key)
      if (full === undefined) return
      fullAt.set(key, full - intervalOf(rate))
      sharing?.add(limit, key, -intervalOf(rate))
    },
    clear: (limit, key) => {
      limitOf(limit).fullAt.delete(key)
      sharing?.clear(limit, key)
    },
  }
}

/** Reads and sets the milliseconds until a bucket is full. */
const levelsOf = (buckets: ReadonlyMap<string, Buckets>, now: () => number) => ({
  levelOf: (limit: string, key: string) => Math.max(0, (buckets.get(limit)?.get(key) ?? 0) - now()),
  setLevel: (limit: string, key: string, level: number) => {
    const fullAt = buckets.get(limit)
    if (level <= 0) fullAt?.delete(key)
    else if (fullAt) save(fullAt, { key, full: now() + level, moment: now() })
  },
})

function save(fullAt: Buckets, { key, full, moment }: Readonly<{ key: string; full: number; moment: number }>): void {
  if (fullAt.size >= maxKeys) makeRoom(fullAt, moment)
  // A used key becomes the newest, so that made-up keys push out each other and not the account under attack.
  fullAt.delete(key)
  fullAt.set(key, full)
}

/** Milliseconds in which one is added to a bucket. */
const intervalOf = ({ count, seconds }: Rate): number => (seconds * 1000) / count

function takeOne(rate: Rate, fullAt: number, moment: number) {
  const { burst } = rate
  const interval = intervalOf(rate)
  const next = Math.max(fullAt, moment) + interval
  const wait = next - moment - interval * burst
  // A rounding error of the sums must not refuse the last one of the burst.
  const granted = wait <= 0.001
  const full = granted ? next : fullAt
  return {
    granted,
    limit: burst,
    remaining: granted ? Math.floor(burst - (full - moment) / interval + 0.001) : 0,
    reset: Math.ceil((full - moment) / 1000),
    retryAfter: granted ? 0 : Math.max(1, Math.ceil(wait / 1000)),
    full,
  }
}

/** Deletes full buckets, and the tenth that was not used for the longest time when that is not enough. */
function makeRoom(fullAt: Buckets, moment: number) {
  for (const [key, full] of fullAt) if (full <= moment) fullAt.delete(key)
  const excess = fullAt.size - Math.floor(maxKeys * 0.9)
  if (excess > 0) for (const key of fullAt.keys().take(excess)) fullAt.delete(key)
}
