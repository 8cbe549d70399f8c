import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedFailed } from './embedded-failed.ts'
import { findServer, type RunningServer } from './running-server.ts'
import type { ServerLocation } from './server-location.ts'
import { withServerLock } from './server-lock.ts'
import { adoptServer, startServer, type StartOptions } from './start-server.ts'

/** Reports of a supervised server. */
export type Reports = Readonly<{
  /** Receives a line when the server has ended, and when it is ready again. */
  announce: (line: string) => void
  /** Receives the reason when the server does not start again. The supervision has ended then. */
  onGiveUp: (reason: EmbeddedFailed) => void
}>

type Supervised = Reports & Readonly<{ server: RunningServer; settings: StartOptions['settings'] }>

/** Milliseconds between two looks at the server. */
const interval = 200

/** The supervision gives up after this many failures in a row; the pauses between them add up to six seconds. */
const maxFailures = 5

/** A server that ends within this time of its start, in milliseconds, has failed. */
const shortestLife = 1000

/**
 * Starts the server again when it has ended, for example by `kill -9` or by the system for want of memory. It keeps its
 * directory and its port, so that all addresses stay valid. Returns a function that ends the supervision.
 */
export function supervise(location: ServerLocation, supervised: Supervised): () => Promise<void> {
  const stopping = new AbortController()
  const watching = watch(location, supervised, stopping.signal)
  return async () => {
    stopping.abort()
    await watching
  }
}

async function watch(location: ServerLocation, supervised: Supervised, stopped: AbortSignal): Promise<void> {
  const { announce, onGiveUp } = supervised
  let { server } = supervised
  let readyAt = -Infinity
  let failures = 0
  while (!stopped.aborted) {
    if (findServer(location)?.pid === server.pid) {
      await pause(interval, stopped)
      continue
    }
    const endedAt = performance.now()
    failures = endedAt - readyAt < shortestLife ? failures + 1 : 0
    announce('The embedded PostgreSQL has ended: starting it again …')
    const next = await restart(location, supervised, { failures, stopped })
    if (next === undefined) return
    if (next instanceof EmbeddedFailed) return onGiveUp(next)
    server = next
    readyAt = performance.now()
    announce(`The embedded PostgreSQL is ready again after ${Math.round(readyAt - endedAt)} ms`)
  }
}

type Attempts = { failures: number; readonly stopped: AbortSignal }

/** Tries to start the server until it runs, the failures in a row are too many, or the supervision ends. */
async function restart(location: ServerLocation, supervised: Supervised, attempts: Attempts) {
  for (let { failures } = attempts; ; failures++) {
    if (failures > 0) await pause(200 * 2 ** failures, attempts.stopped)
    if (attempts.stopped.aborted) return undefined
    try {
      return await withServerLock(location, () => startAgain(location, supervised))
    } catch (error) {
      if (failures + 1 < maxFailures) continue
      const { message } = error as Error
      return new EmbeddedFailed(`The embedded PostgreSQL has ended and does not start again: ${message}`, {
        cause: error,
      })
    }
  }
}

async function startAgain(location: ServerLocation, { server, settings, announce }: Supervised) {
  const { port } = server
  const running =
    (await adoptServer(location)) ?? (await startServer(location, { settings, port, onProgress: announce }))
  if (running.port === port) return running
  throw new EmbeddedFailed(`Another process started the database in ${location.directory} on the port ${running.port}`)
}

const pause = (milliseconds: number, stopped: AbortSignal) =>
  sleep(milliseconds, undefined, { signal: stopped }).catch(() => {})
