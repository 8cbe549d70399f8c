import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isInitialised, lastErrorOf, type Settings } from './cluster.ts'
import { EmbeddedFailed } from './embedded-failed.ts'
import { tryLock, type Release } from './lock.ts'
import { findServer, queryOnce, urlOf } from './running-server.ts'
import { findLocation, refuseOtherOwner, type ServerLocation } from './server-location.ts'
import { withServerLock } from './server-lock.ts'
import { adoptServer, startServer } from './start-server.ts'
import { supervise, type Reports } from './supervise.ts'

/** A running embedded PostgreSQL. */
export type Embedded = Readonly<{
  /** The directory of the server; it is not the requested one when root's server had to move. */
  directory: string
  url: (database: string) => string
  pid: number
  /** True when the server already ran: a process that died left it, or another process uses it. */
  adopted: boolean
  /** Starts the server again, on the same port, whenever it has ended. `stop` ends the supervision. */
  supervise: (reports: Reports) => void
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
  /** True while another process supervises the server: this call then waits for it and starts none. */
  isSupervised?: () => boolean
}>

/** Starts the embedded PostgreSQL of a directory, or adopts the server that runs there. Throws `EmbeddedFailed`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { onProgress = () => {}, settings = {}, isSupervised = () => false } = options
  const location = findLocation(options.directory, onProgress)
  refuseOtherOwner(location)
  await waitForSupervisor(location, isSupervised)
  return await withServerLock(location, async () => {
    const releaseUse = tryLock(join(location.directory, 'postgres.users'), 'shared')
    if (!releaseUse)
      throw new EmbeddedFailed(
        `Another program has locked ${location.directory}/postgres.users: end that program and start again`,
      )
    try {
      const adopted = await adoptServer(location)
      if (!adopted && isSupervised()) throw notReady(location)
      const server = adopted ?? (await startServer(location, { settings, onProgress }))
      await createDatabase(urlOf(location, server, 'postgres'), 'posad')
      let endSupervision = async () => {}
      return {
        directory: location.directory,
        url: (database) => urlOf(location, server, database),
        pid: server.pid,
        adopted: adopted !== undefined,
        supervise: (reports) => {
          endSupervision = supervise(location, { ...reports, server, settings })
        },
        stop: async () => {
          await endSupervision()
          await withServerLock(location, () => stopIfLast(location, releaseUse))
        },
      }
    } catch (error) {
      await stopIfLast(location, releaseUse)
      throw error
    }
  })
}

/** How long a command waits for the server of a running app, in milliseconds. */
const supervisorTimeout = 20_000

/** Waits outside the server's lock, because the supervisor needs the lock to start the server. */
async function waitForSupervisor(location: ServerLocation, isSupervised: () => boolean): Promise<void> {
  for (const end = Date.now() + supervisorTimeout; !findServer(location)?.ready && isSupervised(); await sleep(50))
    if (Date.now() > end) throw notReady(location)
}

const notReady = ({ directory }: ServerLocation) =>
  new EmbeddedFailed(`Posad runs in ${directory}, and its database is not ready: try again in a minute`)

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
