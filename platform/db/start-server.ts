import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  initialise,
  isInitialised,
  lastErrorOf,
  logFrom,
  refuseOtherMajor,
  spawnServer,
  type Settings,
} from './cluster.ts'
import { EmbeddedFailed } from './embedded-failed.ts'
import { isAlive } from './lock.ts'
import { findServer, freePort, pidFileOf, queryOnce, urlOf, type RunningServer } from './running-server.ts'
import { clusterOf, type ServerLocation } from './server-location.ts'

/** How to start a server. */
export type StartOptions = Readonly<{
  settings: Settings
  /** The port to listen on; a free one when absent. */
  port?: number
  /** Receives one line of text for each slow step. */
  onProgress: (line: string) => void
}>

/** Another program may take the free port before the server does. */
const portAttempts = 3

/** How long a start waits for the last processes of a killed server, in milliseconds. */
const orphanTimeout = 120_000

/** Waits until the running server is ready, and returns undefined when there is none or it has stopped. */
export async function adoptServer(location: ServerLocation): Promise<RunningServer | undefined> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const running = findServer(location)
    if (!running) return undefined
    if (running.ready && (await responds(urlOf(location, running, 'postgres')))) return running
  }
  throw new EmbeddedFailed(`The database in ${location.directory} runs but does not answer: ${lastErrorOf(location)}`)
}

const responds = (url: string) =>
  queryOnce(url, 'select 1').then(
    () => true,
    () => false,
  )

/** Starts a server, and makes its cluster first if there is none. Throws `EmbeddedFailed`. */
export async function startServer(location: ServerLocation, starting: StartOptions): Promise<RunningServer> {
  const { settings, onProgress } = starting
  if (!isInitialised(location)) {
    onProgress(`Making a database in ${clusterOf(location)}`)
    await initialise(location, settings)
  }
  refuseOtherMajor(location)
  rmSync(pidFileOf(location), { force: true })
  const orphansEnd = Date.now() + orphanTimeout
  let isWaiting = false
  for (let attempt = 1; ;) {
    const { pid, logStart } = spawnServer(location, starting.port ?? (await freePort()), settings)
    const running = await waitUntilReady(location, pid)
    if (running) return running
    if (metOrphan(location, logStart) && Date.now() < orphansEnd) {
      if (!isWaiting) onProgress(orphanLine(location))
      isWaiting = true
      await sleep(100)
    } else if (attempt++ === portAttempts) {
      throw new EmbeddedFailed(`PostgreSQL does not start in ${location.directory}: ${lastErrorOf(location, logStart)}`)
    }
  }
}

/**
 * After `kill -9` of a server, one of its processes that works on a statement keeps the shared memory until the statement
 * ends. PostgreSQL refuses to start until then: two servers over one cluster would destroy it.
 */
const metOrphan = (location: ServerLocation, logStart: number) =>
  logFrom(location, logStart).includes('pre-existing shared memory block')

const orphanLine = ({ directory }: ServerLocation) =>
  `A process of the killed database server still works in ${directory}: waiting for its end …`

/** Waits up to two minutes: a server that recovers from a crash is not ready at once. Undefined when it ended. */
async function waitUntilReady(location: ServerLocation, pid: number): Promise<RunningServer | undefined> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(10)) {
    if (pid === 0 || !isAlive(pid)) return undefined
    const running = findServer(location)
    if (running?.pid === pid && running.ready) return running
  }
  return undefined
}
