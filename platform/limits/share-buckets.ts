import { createHash } from 'node:crypto'
import type { CountChange, SharedCounts } from './shared-counts.ts'

/** Milliseconds between two exchanges, and after one that failed. */
const interval = 100
const retryAfter = 1000
/** Changes of one request, and those that wait while the shared counts are away: later ones count in this process only. */
const maxChanges = 500
const maxWaiting = 50_000

type Needs = Readonly<{
  /** The name of the limiter: two limiters may have limits of one name. */
  name: string
  counts: SharedCounts
  /** The milliseconds until a bucket of this process is full. */
  levelOf: (limit: string, key: string) => number
  setLevel: (limit: string, key: string, level: number) => void
}>

/** Says what happens to the buckets of this process. */
export type BucketSharing = Readonly<{
  /** `milliseconds` by which the bucket is full later; 0 when it refused. */
  add: (limit: string, key: string, milliseconds: number) => void
  clear: (limit: string, key: string) => void
}>

/** The changes of one bucket since the last exchange. `isUnsure`: Redis may have counted some of them. */
type Change = { limit: string; key: string; add: number; isCleared: boolean; isUnsure: boolean }

/**
 * Exchanges the changes of buckets with the shared counts, at most every 100 ms, and gives the buckets of this process the
 * level that all processes together have reached. A take therefore never waits; a process learns within 100 ms what the
 * others granted, so together they may grant their bursts once more than the rate says, and later refuse for as long. While
 * the shared counts are away each process counts by itself.
 */
export function shareBuckets({ name, counts, levelOf, setLevel }: Needs): BucketSharing {
  let waiting = new Map<string, Change>()
  let timer: NodeJS.Timeout | undefined
  let isExchanging = false

  const schedule = (pause: number) => {
    if (timer || isExchanging) return
    timer = setTimeout(() => void exchange(), pause)
    timer.unref()
  }
  const waitingOf = (limit: string, key: string): Change => {
    const id = `${limit} ${key}`
    const known = waiting.get(id)
    if (known) return known
    if (waiting.size >= maxWaiting) waiting.clear()
    const added = { limit, key, add: 0, isCleared: false, isUnsure: false }
    waiting.set(id, added)
    schedule(interval)
    return added
  }
  /** The changes that came meanwhile are on top of the shared level. */
  const adopt = ({ limit, key }: Change, level: number) => {
    const meanwhile = waiting.get(`${limit} ${key}`)
    if (meanwhile?.isCleared) return
    setLevel(limit, key, level + (meanwhile?.add ?? 0))
  }
  const sendAgain = (failed: Iterable<Change>) => {
    for (const { limit, key, isCleared } of failed) {
      if (!isCleared && levelOf(limit, key) <= 0) continue
      const kept = waitingOf(limit, key)
      kept.isUnsure = true
      kept.isCleared ||= isCleared
    }
  }
  const exchange = async () => {
    const sent = [...waiting.values()]
    waiting = new Map()
    timer = undefined
    isExchanging = true
    let done = 0
    try {
      for (; done < sent.length; done += maxChanges) {
        const chunk = sent.slice(done, done + maxChanges)
        const levels = await counts.exchange(chunk.map((each) => changeOf(each, { name, levelOf })))
        for (const [at, each] of chunk.entries()) adopt(each, levels[at] ?? 0)
      }
    } catch {
      // The connection reports the outage, and each process counts by itself meanwhile.
      sendAgain(sent.slice(done))
    }
    isExchanging = false
    if (waiting.size > 0) schedule(done < sent.length ? retryAfter : interval)
  }
  return {
    add: (limit, key, milliseconds) => void (waitingOf(limit, key).add += milliseconds),
    clear: (limit, key) => void Object.assign(waitingOf(limit, key), { add: 0, isCleared: true }),
  }
}

const changeOf = (
  { limit, key, add, isCleared, isUnsure }: Change,
  { name, levelOf }: Pick<Needs, 'name' | 'levelOf'>,
): CountChange => ({
  bucket: bucketOf(name, limit, key),
  isCleared,
  add: isUnsure ? 0 : add,
  atLeast: isUnsure ? levelOf(limit, key) : 0,
})

/** Keys of limits contain e-mails and addresses, so the shared counts get a hash. */
const bucketOf = (name: string, limit: string, key: string): string =>
  createHash('sha256').update(`${name} ${limit} ${key}`).digest('base64url').slice(0, 22)
