import { readdir, readFile } from 'node:fs/promises'

/** The processes of a PostgreSQL server: the postmaster and its children. Rejects on a system without /proc. */
export async function serverProcesses(postmaster: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const parents = await Promise.all(pids.map(parentOf))
  return pids.filter((pid, i) => pid === postmaster || parents[i] === postmaster)
}

/** Undefined for a process that ended meanwhile. */
async function parentOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined)
  return status === undefined ? undefined : fieldOf(status, 'PPid')
}

/** Reads a number from a file in /proc. Throws when it is missing: a missing value must not count as 0. */
export function fieldOf(text: string, name: string): number {
  const [, number] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text) ?? []
  if (number === undefined) throw new Error(`/proc has no ${name}`)
  return Number(number)
}
