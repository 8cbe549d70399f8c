import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { initialise, isInitialised, lastErrorOf, spawnServer, type Settings } from './cluster.ts'
import { EmbeddedFailed } from './embedded-failed.ts'
import { isAlive, tryLock, waitForLock, type Release } from './lock.ts'
import { clusterOf, findLocation, refuseOtherOwner, type ServerLocation } from './server-location.ts'
import { findServer, freePort, pidFileOf, queryOnce, urlOf, type RunningServer } from './running-server.ts'

/** A running embedded PostgreSQL. */
export type Embedded = Readonly<{
  /** The directory of the server; it is not the requested one when root's server had to move. */
  directory: string
  url: (database: string) => string
  pid: number
  /** True when the server already ran: a process that died left it, or another process uses it. */
  adopted: boolean
  /** Stops the server, unless another process still uses it: the last user stops it. */
  stop: () => Promise<void>
}>

export type EmbeddedOptions = Readonly<{
  /** The directory of the app, `.posad`; the cluster is `postgres/` in it. */
  directory: string
  /** Receives one line of text for each slow step. */
  onProgress?: (line: string) => void
  /** Settings that override the defaults: tests switch fsync off. */
  settings?: Settings
}>

/** Starts the embedded PostgreSQL of a directory, or adopts the server that runs there. Throws `EmbeddedFailed`. */
export async function startEmbedded({
  directory,
  onProgress = () => {},
  settings = {},
}: EmbeddedOptions): Promise<Embedded> {
  const location = findLocation(directory, onProgress)
  refuseOtherOwner(location)
  return await withServerLock(location, async () => {
    const releaseUse = tryLock(join(location.directory, 'postgres.users'), 'shared')
    if (!releaseUse)
      throw new EmbeddedFailed(
        `Another program has locked ${location.directory}/postgres.users: end that program and start again`,
      )
    try {
      const adopted = await adoptServer(location)
      const server = adopted ?? (await startServer(location, settings, onProgress))
      await createDatabase(urlOf(location, server, 'postgres'), 'posad')
      const stop = () => withServerLock(location, () => stopIfLast(location, releaseUse))
      return {
        directory: location.directory,
        url: (database) => urlOf(location, server, database),
        pid: server.pid,
        adopted: adopted !== undefined,
        stop,
      }
    } catch (error) {
      await stopIfLast(location, releaseUse)
      throw error
    }
  })
}

/** True when a directory holds a database. Makes none, and starts no server. */
export const hasEmbedded = (directory: string): boolean =>
  existsSync(directory) && isInitialised(findLocation(directory, () => {}))

/** The addresses of the databases of the server that runs in a directory; undefined when none runs. Starts no server. */
export function findEmbedded(directory: string): ((database: string) => string) | undefined {
  if (!existsSync(directory)) return undefined
  const location = findLocation(directory, () => {})
  const running = findServer(location)
  return running?.ready ? (database) => urlOf(location, running, database) : undefined
}

/** Lets one process at a time start or stop the server of a directory. */
async function withServerLock<Result>(location: ServerLocation, work: () => Promise<Result>): Promise<Result> {
  const release = await waitForLock(join(location.directory, 'postgres.lock'), 'exclusive', 60_000)
  if (!release)
    throw new EmbeddedFailed(
      `Another process has been starting or stopping the database in ${location.directory} for a minute`,
    )
  try {
    return await work()
  } finally {
    release()
  }
}

/** Waits until the running server is ready, and returns undefined when there is none or it has stopped. */
async function adoptServer(location: ServerLocation): Promise<RunningServer | undefined> {
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

/** Another program may take the free port before the server does. */
const portAttempts = 3

async function startServer(
  location: ServerLocation,
  settings: Settings,
  onProgress: (line: string) => void,
): Promise<RunningServer> {
  if (!isInitialised(location)) {
    onProgress(`Making a database in ${clusterOf(location)}`)
    await initialise(location, settings)
  }
  rmSync(pidFileOf(location), { force: true })
  for (let attempt = 1; ; attempt++) {
    const { pid, logStart } = spawnServer(location, await freePort(), settings)
    const running = await waitUntilReady(location, pid)
    if (running) return running
    if (attempt === portAttempts)
      throw new EmbeddedFailed(`PostgreSQL does not start in ${location.directory}: ${lastErrorOf(location, logStart)}`)
  }
}

/** Waits up to two minutes: a server that recovers from a crash is not ready at once. Undefined when it ended. */
async function waitUntilReady(location: ServerLocation, pid: number): Promise<RunningServer | undefined> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(10)) {
    if (pid === 0 || !isAlive(pid)) return undefined
    const running = findServer(location)
    if (running?.pid === pid && running.ready) return running
  }
  return undefined
}

async function createDatabase(url: string, name: string): Promise<void> {
  const found = await queryOnce(url, `select from pg_database where datname = '${name}'`)
  if (found.length === 0) await queryOnce(url, `create database ${name}`)
}

async function stopIfLast(location: ServerLocation, releaseUse: Release): Promise<void> {
  releaseUse()
  const release = tryLock(join(location.directory, 'postgres.users'), 'exclusive')
  if (!release) return
  try {
    await shutDown(location)
  } finally {
    release()
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes a checkpoint. SIGQUIT is the immediate shutdown and
 * leaves recovery to the next start. The removed pid file shows the end: the process may stay as a zombie in a container
 * without an init process.
 */
async function shutDown(location: ServerLocation): Promise<void> {
  for (const { signal, within } of [
    { signal: 'SIGINT', within: 20_000 },
    { signal: 'SIGQUIT', within: 5000 },
  ]) {
    const pid = findServer(location)?.pid
    if (pid === undefined) return
    process.kill(pid, signal)
    for (const end = Date.now() + within; Date.now() < end; await sleep(10)) {
      if (findServer(location)?.pid !== pid) return
    }
  }
  throw new EmbeddedFailed(`The database in ${location.directory} does not stop: ${lastErrorOf(location)}`)
}
