import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { initialise, isInitialised, lastWordsOf, spawnServer, type Settings } from './cluster.ts'
import { EmbeddedFailed } from './embedded-failed.ts'
import { isAlive, tryLock, waitForLock, type Release } from './lock.ts'
import { clusterOf, findHome, type Home } from './postgres-home.ts'
import { ask, freePort, pidFileOf, readPostmaster, urlOf, type Postmaster } from './postmaster.ts'

/** A running embedded PostgreSQL. */
export type Embedded = Readonly<{
  url: (database: string) => string
  pid: number
  /** True when it ran already: left by a process that died, or in use by another one. */
  adopted: boolean
  /** Stops the server, unless another living process uses it too: then the last one to leave does. */
  stop: () => Promise<void>
}>

export type EmbeddedOptions = Readonly<{
  /** The house's directory, `.posad`; the cluster is `postgres/` in it. */
  directory: string
  /** Gets a line for people at each step that takes time. */
  onProgress?: (line: string) => void
  /** Settings beside ours: tests switch fsync off. */
  settings?: Settings
}>

/** Starts the embedded PostgreSQL of a directory, or adopts the one that runs there. Throws `EmbeddedFailed`. */
export async function startEmbedded({
  directory,
  onProgress = () => {},
  settings = {},
}: EmbeddedOptions): Promise<Embedded> {
  const home = findHome(directory, onProgress)
  return await inTurn(home, async () => {
    const leave = tryLock(join(home.directory, 'postgres.users'), 'together')
    if (!leave) throw new EmbeddedFailed(`${home.directory}/postgres.users is locked by a stranger`)
    try {
      const running = await runningIn(home)
      const server = running ?? (await start(home, settings, onProgress))
      await createDatabase(urlOf(home, server, 'postgres'), 'posad')
      const stop = () => inTurn(home, () => stopWhenLast(home, leave))
      return { url: (database) => urlOf(home, server, database), pid: server.pid, adopted: running !== undefined, stop }
    } catch (error) {
      await stopWhenLast(home, leave)
      throw error
    }
  })
}

/** Where the databases of the server that runs in a directory are found, undefined when none runs. Starts nothing. */
export function findEmbedded(directory: string): ((database: string) => string) | undefined {
  if (!existsSync(directory)) return undefined
  const home = findHome(directory, () => {})
  const postmaster = readPostmaster(home)
  return postmaster?.ready ? (database) => urlOf(home, postmaster, database) : undefined
}

/** One process at a time starts or stops the server of a directory. */
async function inTurn<Result>(home: Home, work: () => Promise<Result>): Promise<Result> {
  const release = await waitForLock(join(home.directory, 'postgres.lock'), 'alone', 60_000)
  if (!release)
    throw new EmbeddedFailed(
      `Another process has been starting or stopping the database in ${home.directory} for a minute`,
    )
  try {
    return await work()
  } finally {
    release()
  }
}

/** A server left running is adopted once it is ready; one that is just going down is awaited. */
async function runningIn(home: Home): Promise<Postmaster | undefined> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const postmaster = readPostmaster(home)
    if (!postmaster) return undefined
    if (postmaster.ready && (await answers(urlOf(home, postmaster, 'postgres')))) return postmaster
  }
  throw new EmbeddedFailed(`The database in ${home.directory} runs but does not answer: ${lastWordsOf(home)}`)
}

const answers = (url: string) =>
  ask(url, 'select 1').then(
    () => true,
    () => false,
  )

const portTries = 3

async function start(home: Home, settings: Settings, say: (line: string) => void): Promise<Postmaster> {
  if (!isInitialised(home)) {
    say(`Making a database in ${clusterOf(home)}`)
    await initialise(home, settings)
  }
  rmSync(pidFileOf(home), { force: true })
  for (let attempt = 1; ; attempt++) {
    const pid = spawnServer(home, await freePort(), settings)
    const postmaster = await awaitReady(home, pid)
    if (postmaster) return postmaster
    if (attempt === portTries)
      throw new EmbeddedFailed(`PostgreSQL does not start in ${home.directory}: ${lastWordsOf(home)}`)
  }
}

/** A server that recovers from a crash is not ready for a while; one that is gone never will be. */
async function awaitReady(home: Home, pid: number): Promise<Postmaster | undefined> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(10)) {
    if (pid === 0 || !isAlive(pid)) return undefined
    const postmaster = readPostmaster(home)
    if (postmaster?.pid === pid && postmaster.ready) return postmaster
  }
  return undefined
}

async function createDatabase(url: string, name: string): Promise<void> {
  const found = await ask(url, `select from pg_database where datname = '${name}'`)
  if (found.length === 0) await ask(url, `create database ${name}`)
}

async function stopWhenLast(home: Home, leave: Release): Promise<void> {
  leave()
  const last = tryLock(join(home.directory, 'postgres.users'), 'alone')
  if (!last) return
  try {
    await shutDown(home)
  } finally {
    last()
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown: it ends sessions, writes a checkpoint and goes. SIGQUIT leaves that to recovery.
 * Its pid file says when it is gone; the process itself may stay as a zombie where nobody reaps orphans.
 */
async function shutDown(home: Home): Promise<void> {
  for (const { signal, within } of [
    { signal: 'SIGINT', within: 20_000 },
    { signal: 'SIGQUIT', within: 5000 },
  ]) {
    const pid = readPostmaster(home)?.pid
    if (pid === undefined) return
    process.kill(pid, signal)
    for (const end = Date.now() + within; Date.now() < end; await sleep(10)) {
      if (readPostmaster(home)?.pid !== pid) return
    }
  }
  throw new EmbeddedFailed(`The database in ${home.directory} does not stop: ${lastWordsOf(home)}`)
}
