import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedFailed } from './embedded-failed.ts'
import { makeDirectory } from './postgres-home.ts'

/** Gives a lock back. */
export type Release = () => void

/**
 * Locks a file alone or together with others, or returns undefined when others are in the way. SQLite does the locking
 * because it locks by the kernel, on every system: a process that dies, however it dies, has let go, so there are no
 * stale locks to judge, no process ids to mistake and no race for a dead owner's place.
 */
export function tryLock(path: string, how: 'alone' | 'together'): Release | undefined {
  const file = openLockFile(path)
  try {
    file.exec(how === 'alone' ? 'begin exclusive' : 'begin; select count(*) from sqlite_schema')
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

const busy = 5
/** Keeps lock files from the garbage collector, which would close and so unlock them. */
const held = new Set<DatabaseSync>()

function openLockFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw unusable(path, error)
  }
}

const unusable = (path: string, cause: unknown) =>
  new EmbeddedFailed(`Cannot lock ${path} (${(cause as Error).message}): does it belong to another user?`, { cause })

/** Locks a file, waiting for others at most `within` milliseconds; undefined when they did not let go. */
export async function waitForLock(
  path: string,
  how: 'alone' | 'together',
  within: number,
): Promise<Release | undefined> {
  for (const end = Date.now() + within; ; await sleep(20)) {
    const release = tryLock(path, how)
    if (release || Date.now() >= end) return release
  }
}

/** Who runs in a house: its process and the address where it answers. */
export type Instance = Readonly<{ pid: number; address: string }>

/** Makes this process the only one that runs in `directory`, or says who does already. A dead one's place is free. */
export async function takeInstanceLock(
  directory: string,
  { address }: { address: string },
): Promise<{ release: Release } | { heldBy: Instance }> {
  makeDirectory(directory)
  const note = join(directory, 'posad.json')
  const release = tryLock(join(directory, 'posad.lock'), 'alone')
  if (!release) return { heldBy: await instanceOf(note) }
  writeFileSync(note, JSON.stringify({ pid: process.pid, address } satisfies Instance))
  return { release }
}

/** The winner of a race writes its note just after the lock: a note of somebody dead is read again for a moment. */
async function instanceOf(note: string): Promise<Instance> {
  for (let attempt = 1; ; attempt++) {
    const instance = readNote(note)
    if (instance && isAlive(instance.pid)) return instance
    if (attempt === 50) return instance ?? { pid: 0, address: '' }
    await sleep(10)
  }
}

function readNote(path: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Instance
  } catch {
    return undefined
  }
}

/** True while a process has this id, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
