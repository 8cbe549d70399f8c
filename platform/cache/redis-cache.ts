import { randomUUID } from 'node:crypto'
import { Unavailable } from '#platform/outcome'
import { RedisConnection, type Commands } from '#platform/redis'
import { hours, minutes } from '#platform/values'
import type { Cache, Cacheable, CacheRequest, CacheStats } from './cache.ts'
import { freezeAndWeigh } from './weigh.ts'

type RedisCacheSettings = Readonly<{
  /** `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
  url: string
  /** Milliseconds for values without their own `ttl`; five minutes when absent. */
  defaultTtl?: number
  /** Receives a line for people when Redis goes away and when it comes back. */
  report?: (line: string) => void
  /** A number from 0 to 1, as Math.random. */
  random?: () => number
}>

/** A cache with a connection, which must be closed. `ping` resolves when Redis answers. */
export type RedisCache = Cache & Readonly<{ ping: () => Promise<void>; close: () => void }>

/** A stored value with the versions that its tags had before its load; without `value` it is absent. */
type Entry = Readonly<{ tags: readonly string[]; versions: readonly string[]; value?: Cacheable }>

/** The versions of the tags of a request, and the value if it is valid with them. */
type Found = Readonly<{ versions: readonly string[]; entry?: Entry }>

/** `versions` is undefined when Redis did not answer. */
type PendingLoad = Readonly<{
  tags: readonly string[]
  versions: readonly string[] | undefined
  answer: Promise<Cacheable | undefined>
}>

type Client = Commands['client']
type Asked = Readonly<{ client: Client; name: (kind: string, of: string) => string }>

/** A version may expire before a value: the tag gets a new one, and the value is a miss. */
const versionTtl = hours(24)
const maxStoredBytes = 1_000_000
/** Beyond this many, one bump of everything replaces the missed bumps. */
const maxMissed = 10_000
/** Every value has this tag. */
const everything = 'everything'
const noTags: readonly string[] = []

/** Opens a cache in Redis that several processes share. While Redis does not answer, every read loads its value. */
export function redisCache(settings: RedisCacheSettings): RedisCache {
  return new RedisBackedCache(settings)
}

class RedisBackedCache implements RedisCache {
  readonly #redis: RedisConnection
  readonly #defaultTtl: number
  readonly #random: () => number
  readonly #pending = new Map<string, PendingLoad>()
  /** Tags whose bump did not reach Redis yet, each with its last bump. No value is read before they are bumped. */
  readonly #missed = new Map<string, number>()
  #bumps = 0
  #hits = 0
  #misses = 0

  constructor({ url, report = () => {}, defaultTtl = minutes(5), random = Math.random }: RedisCacheSettings) {
    this.#redis = new RedisConnection({
      url,
      report,
      name: 'posad-cache',
      meanwhile: 'every read goes to the database',
    })
    this.#defaultTtl = defaultTtl
    this.#random = random
  }

  through = async <Value extends Cacheable | undefined>(request: CacheRequest<Value>): Promise<Value> => {
    const { key, tags = noTags } = request
    const found = await this.#find(key, [everything, ...tags])
    if (found?.entry) {
      this.#hits++
      return found.entry.value as Value
    }
    this.#misses++
    const pending = this.#pending.get(key)
    if (pending && isSame(pending.versions, found?.versions)) return (await pending.answer) as Value
    return await this.#load(request, found?.versions)
  }

  #load<Value extends Cacheable | undefined>(
    request: CacheRequest<Value>,
    versions: readonly string[] | undefined,
  ): Promise<Value> {
    const { key, tags = noTags, ttl = this.#defaultTtl, absentTtl = ttl / 10 } = request
    const loading = request.load()
    const pending = { tags, versions, answer: loading }
    this.#pending.set(key, pending)
    const answer = loading.then(async (value) => {
      const isLatest = this.#pending.get(key) === pending
      if (isLatest) this.#pending.delete(key)
      freezeAndWeigh(value)
      if (!isLatest || !versions) return value
      const entry = { tags: [everything, ...tags], versions, ...(value !== undefined && { value }) }
      await this.#store(key, entry, value === undefined ? absentTtl : ttl)
      return value
    })
    loading.catch(() => {
      if (this.#pending.get(key) === pending) this.#pending.delete(key)
    })
    return answer
  }

  /** Undefined when Redis does not answer. */
  async #find(key: string, tags: readonly string[]): Promise<Found | undefined> {
    return await this.#ask(async ({ client, name }) => {
      const names = tags.map((tag) => name('tag', tag))
      const [text = null, ...known] = await client.mGet([name('value', key), ...names])
      const versions = known.includes(null) ? await this.#makeVersions({ client, names }) : (known as string[])
      const entry = text === null ? undefined : entryOf(text)
      return entry && isSame(entry.versions, versions) ? { versions, entry } : { versions }
    })
  }

  /** Gives a version to the tags that have none. Of two processes that do so at once, the first wins. */
  async #makeVersions({ client, names }: Readonly<{ client: Client; names: readonly string[] }>) {
    const options = { condition: 'NX', expiration: { type: 'PX', value: versionTtl } } as const
    const making = names.map((each) => client.set(each, randomUUID(), options))
    const [versions] = await Promise.all([client.mGet([...names]), ...making])
    return versions as string[]
  }

  #store = async (key: string, entry: Entry, ttl: number): Promise<void> => {
    const text = JSON.stringify(entry)
    if (text.length > maxStoredBytes) return
    const expiration = { type: 'PX', value: Math.max(1, Math.round(ttl * (1 - this.#random() / 10))) } as const
    await this.#ask(({ client, name }) => client.set(name('value', key), text, { expiration }))
  }

  bump = async (...tags: readonly string[]): Promise<void> => {
    for (const [key, pending] of this.#pending)
      if (tags.some((tag) => pending.tags.includes(tag))) this.#pending.delete(key)
    for (const tag of tags) this.#missed.set(tag, ++this.#bumps)
    if (this.#missed.size > maxMissed) {
      this.#missed.clear()
      this.#missed.set(everything, ++this.#bumps)
    }
    await this.#ask(async () => {})
  }

  get = async (key: string): Promise<Cacheable | undefined> => {
    const entry = await this.#ask(async ({ client, name }) => {
      const text = await client.get(name('value', key))
      const stored = text === null ? undefined : entryOf(text)
      if (!stored) return undefined
      const versions = await client.mGet(stored.tags.map((tag) => name('tag', tag)))
      return isSame(stored.versions, versions) ? stored : undefined
    })
    if (entry) this.#hits++
    else this.#misses++
    return entry?.value
  }

  set = async (key: string, value: Cacheable, ttl: number): Promise<void> => {
    const found = await this.#find(key, [everything])
    if (found) await this.#store(key, { tags: [everything], versions: found.versions, value }, ttl)
  }

  metrics = (): CacheStats => ({ hits: this.#hits, misses: this.#misses, entries: 0, bytes: 0 })

  ping = (): Promise<void> => this.#redis.ping()

  close = (): void => this.#redis.close()

  /** Sends the missed bumps, then the commands of `work`. Undefined when Redis does not answer. */
  async #ask<Result>(work: (asked: Asked) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.#redis.run(async ({ client, runId }) => {
        // Another run of Redis may have loaded an old snapshot: its keys are never read.
        const name = (kind: string, of: string) => `posad:${runId}:${kind}:${of}`
        const asked = { client, name }
        // Redis runs the commands of a connection in their order: the bumps come before the reads of `work`.
        const bumping = this.#sendMissed(asked)
        const [result] = await Promise.all([work(asked), bumping])
        return result
      })
    } catch (error) {
      if (error instanceof Unavailable) return undefined
      throw error
    }
  }

  async #sendMissed({ client, name }: Asked): Promise<void> {
    if (this.#missed.size === 0) return
    const missed = [...this.#missed]
    const expiration = { type: 'PX', value: versionTtl } as const
    await Promise.all(missed.map(([tag]) => client.set(name('tag', tag), randomUUID(), { expiration })))
    for (const [tag, bump] of missed) if (this.#missed.get(tag) === bump) this.#missed.delete(tag)
  }
}

const isSame = (some: readonly (string | null)[] | undefined, others: readonly (string | null)[] | undefined) =>
  some === others || (some?.length === others?.length && some?.every((each, i) => each === others?.[i]) === true)

/** Undefined for a text that this version of Posad did not store. */
function entryOf(text: string): Entry | undefined {
  const { tags, versions, value } = JSON.parse(text) as Partial<Entry>
  if (!Array.isArray(tags) || !Array.isArray(versions)) return undefined
  return { tags, versions, ...(value !== undefined && { value }) }
}
