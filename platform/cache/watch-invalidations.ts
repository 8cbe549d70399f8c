import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Cache } from './cache.ts'

/** Triggers notify this channel of the tag whose values a change made wrong. */
const channel = 'posad_cache'
const reconnectAfter = seconds(1)

type Needs = Readonly<{
  /** Its connection options are used; the watcher has a connection of its own. */
  pool: Pool
  cache: Cache
  /** The tags that triggers may name. All are bumped after each connect, because notifications may be lost before. */
  tags: readonly string[]
  log: Log
}>

/**
 * Bumps the cache when the database reports a change: plain SQL and other processes change rows too. The database reports
 * after the commit and in its order. Without a connection, or behind a pooler that drops notifications, cached values live
 * until their time limit.
 */
export function watchInvalidations(needs: Needs): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const watching = watch(needs, stopped.signal)
  return {
    stop: async () => {
      stopped.abort()
      await watching
    },
  }
}

async function watch(needs: Needs, stopped: AbortSignal): Promise<void> {
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
async function listen({ pool, cache, tags }: Needs, stopped: AbortSignal): Promise<void> {
  const client = new Client({ ...pool.options, application_name: 'posad cache', keepAlive: true })
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    stopped.addEventListener('abort', () => resolve(), { once: true })
  })
  client.on('notification', ({ payload }) => payload !== undefined && void cache.bump(payload))
  try {
    await Promise.race([client.connect(), ended])
    if (stopped.aborted) return
    await client.query(`listen ${channel}`)
    await cache.bump(...tags)
    await ended
  } finally {
    await client.end().catch(() => {})
  }
}
