import { chmodSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedFailed } from './embedded-failed.ts'
import { makeDirectory } from './server-location.ts'

/** Releases a lock. */
export type Release = () => void

/** An exclusive lock excludes all others; a shared lock excludes exclusive ones. */
type Mode = 'exclusive' | 'shared'

/**
 * Locks a file, or returns undefined when another lock is in the way. SQLite takes the lock because it uses the kernel's
 * file locks on every system: the kernel releases them when the process ends in any way. No lock can become stale, so
 * nothing has to compare process ids or race for the lock of a dead process (ADR 6).
 */
export function tryLock(path: string, mode: Mode): Release | undefined {
  const file = openLockFile(path)
  try {
    file.exec(statements[mode])
    held.add(file)
    return () => {
      if (held.delete(file)) file.close()
    }
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode === busy) return undefined
    throw unusable(path, error)
  }
}

/** The journal stays in memory: one in a file needs space, and a full disk must not keep the database from its stop. */
const statements = {
  exclusive: 'pragma journal_mode = memory; begin exclusive',
  shared: 'begin; select count(*) from sqlite_schema',
} satisfies Record<Mode, string>

const busy = 5
const ownerOnly = 0o600
/** Protects lock files from the garbage collector, which would close and so unlock them. */
const held = new Set<DatabaseSync>()

function openLockFile(path: string): DatabaseSync {
  try {
    protect(path)
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw unusable(path, error)
  }
}

/**
 * Creates a file that only its owner can read; SQLite would make it readable for everybody. Opens no file that exists,
 * because the close would release the locks that this process holds on it.
 */
function protect(path: string): void {
  try {
    closeSync(openSync(path, 'wx', ownerOnly))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (statSync(path).mode & 0o077) chmodSync(path, ownerOnly)
  }
}

function unusable(path: string, cause: unknown): EmbeddedFailed {
  const { message, code } = cause as NodeJS.ErrnoException
  const isFull = code === 'ENOSPC' || /disk is full/.test(message)
  const remedy = isFull ? 'make room on the disk and start again' : 'check that this user owns the file'
  return new EmbeddedFailed(`Cannot lock ${path} (${message}): ${remedy}`, { cause })
}

/** Locks a file; returns undefined when other locks still exclude it after `within` milliseconds. */
export async function waitForLock(path: string, mode: Mode, within: number): Promise<Release | undefined> {
  for (const end = Date.now() + within; ; await sleep(20)) {
    const release = tryLock(path, mode)
    if (release || Date.now() >= end) return release
  }
}

/** The app that runs in a directory: its process id and its HTTP address. */
export type Instance = Readonly<{ pid: number; address: string }>

/** Holds the lock of a directory. `listensAt` records the address once it is known: `APP_PORT=0` gets its port late. */
type InstanceLock = Readonly<{ release: Release; listensAt: (address: string) => void }>

const instanceFileOf = (directory: string) => join(directory, 'posad.json')
const instanceLockOf = (directory: string) => join(directory, 'posad.lock')

/** Makes this process the only app in `directory`, or returns the instance that runs there already. */
export async function takeInstanceLock(
  directory: string,
  { address }: { address: string },
): Promise<InstanceLock | { heldBy: Instance }> {
  makeDirectory(directory)
  const instanceFile = instanceFileOf(directory)
  const release = tryLock(instanceLockOf(directory), 'exclusive')
  if (!release) return { heldBy: await waitForInstance(instanceFile) }
  protect(instanceFile)
  const listensAt = (address: string) =>
    writeFileSync(instanceFile, JSON.stringify({ pid: process.pid, address } satisfies Instance))
  listensAt(address)
  return { release, listensAt }
}

/** The instance that runs in `directory`; undefined when none runs. */
export function findInstance(directory: string): Instance | undefined {
  const instance = readInstance(instanceFileOf(directory))
  if (!instance || !isAlive(instance.pid)) return undefined
  // The system reuses process ids: only the lock shows whether that process is the app.
  const release = tryLock(instanceLockOf(directory), 'shared')
  release?.()
  return release ? undefined : instance
}

/** The winner of a race writes its file just after it took the lock, so a file of a dead process is read again for 0.5 s. */
async function waitForInstance(path: string): Promise<Instance> {
  for (let attempt = 1; ; attempt++) {
    const instance = readInstance(path)
    if (instance && isAlive(instance.pid)) return instance
    if (attempt === 50) return instance ?? { pid: 0, address: '' }
    await sleep(10)
  }
}

function readInstance(path: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Instance
  } catch {
    return undefined
  }
}

/** True while a process with this id exists, of any user. No process has the id 0: to the system it means a whole group. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
