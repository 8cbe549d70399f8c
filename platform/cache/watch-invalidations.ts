import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { announceBumps, channel, tagOf, type Announcer } from './announce-bumps.ts'
import type { Cache } from './cache.ts'
import type { Bumps } from './memory-cache.ts'

const reconnectAfter = seconds(1)

/** A cache that is not in `Cache`. `clear` runs when the database reports a change of `tag`, and after each connect. */
export type OwnCache = Readonly<{ tag: string; clear: () => void }>

type Needs = Readonly<{
  /** Its connection options are used; the watcher has a connection of its own. */
  pool: Pool
  cache: Cache
  /** The bumps of a cache in memory: other processes over the database learn of them, and this one of theirs. */
  bumps?: Bumps | undefined
  /** The tags that triggers may name. All are bumped after each connect, because notifications may be lost before. */
  tags: readonly string[]
  ownCaches?: readonly OwnCache[]
  log: Log
}>

/**
 * Bumps the cache when the database reports a change: plain SQL and other processes change rows too. The database reports
 * after the commit and in its order. Without a connection, or behind a pooler that drops notifications, cached values live
 * until their time limit.
 */
export function watchInvalidations(needs: Needs): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const announcer = needs.bumps && announceBumps({ ...needs, bumps: needs.bumps })
  const watching = watch({ ...needs, announcer }, stopped.signal)
  return {
    stop: async () => {
      stopped.abort()
      await Promise.all([watching, announcer?.stop()])
    },
  }
}

type WatchNeeds = Needs & Readonly<{ announcer: Announcer | undefined }>

async function watch(needs: WatchNeeds, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await listen(needs, stopped)
    } catch (error) {
      if (!stopped.aborted) needs.log.debug({ err: error }, 'the connection that reports changes of cached rows broke')
    }
    await sleep(reconnectAfter, undefined, { signal: stopped, ref: false }).catch(() => {})
  }
}

/** Listens until the connection breaks, or until the end. */
async function listen(needs: WatchNeeds, stopped: AbortSignal): Promise<void> {
  const { pool, cache, bumps, announcer, tags, ownCaches = [] } = needs
  // A bump of a tag that another process has bumped would go back to that process.
  const invalidate = (...bumped: readonly string[]) => {
    const own = ownCaches.filter(({ tag }) => bumped.includes(tag))
    for (const { clear } of own) clear()
    const shared = bumped.filter((tag) => !own.some((cleared) => cleared.tag === tag))
    if (shared.length > 0) void (bumps ? bumps.apply(shared) : cache.bump(...shared))
  }
  const client = new Client({ ...pool.options, application_name: 'posad cache', keepAlive: true })
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    stopped.addEventListener('abort', () => resolve(), { once: true })
  })
  client.on('notification', ({ payload }) => {
    if (payload !== undefined && !announcer?.isOwn(payload)) invalidate(tagOf(payload))
  })
  try {
    await Promise.race([client.connect(), ended])
    if (stopped.aborted) return
    await client.query(`listen ${channel}`)
    invalidate(...tags, ...ownCaches.map(({ tag }) => tag))
    await ended
  } finally {
    await client.end().catch(() => {})
  }
}
