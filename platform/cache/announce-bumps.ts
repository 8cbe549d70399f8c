import type { Pool } from 'pg'
import { newId } from '#platform/values'
import type { Bumps } from './memory-cache.ts'

/** The triggers of tables notify this channel of a tag, and processes of `<id of the process> <tag>`. */
export const channel = 'posad_cache'

/**
 * Milliseconds between two notifications of a process. NOTIFY takes a lock of the whole server at its commit, so it never is part of a
 * business transaction, and this interval bounds what it costs.
 */
const interval = 100
/** A change of more tags than this at once invalidates everything. */
const maxTags = 500

type Needs = Readonly<{
  pool: Pool
  bumps: Bumps
  /** Tags that every cached value has one of. */
  tags: readonly string[]
}>

/** Announces the invalidations of this process. */
export type Announcer = Readonly<{
  /** True for the payload of an own notification. */
  isOwn: (payload: string) => boolean
  /** Sends what has not been sent. */
  stop: () => Promise<void>
}>

/**
 * Announces to other processes over the same database the values that this one invalidates, at most every 100 ms. Without a
 * connection their values live until their time limit.
 */
export function announceBumps({ pool, bumps, tags }: Needs): Announcer {
  const id = newId()
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const send = async () => {
    timer = undefined
    if (waiting.size === 0) return
    const sent = waiting.size > maxTags ? tags : [...waiting]
    waiting.clear()
    const payloads = sent.map((tag) => `${id} ${tag}`)
    await pool
      .query('select pg_notify($1, payload) from unnest($2::text[]) payload', [channel, payloads])
      .catch(() => {})
  }
  bumps.listen((bumped) => {
    for (const tag of bumped) waiting.add(tag)
    timer ??= setTimeout(() => void send(), interval)
  })
  return {
    isOwn: (payload) => payload.startsWith(id),
    stop: async () => {
      clearTimeout(timer)
      await send()
    },
  }
}

/** The tag of a notification of a trigger or of a process. */
export const tagOf = (payload: string): string => payload.slice(payload.indexOf(' ') + 1)
