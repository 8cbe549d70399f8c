import { readFile } from 'node:fs/promises'
import { serverProcesses } from './server-processes.ts'

/** CPU milliseconds of this process, and of PostgreSQL where /proc exists. */
export type CpuTime = Readonly<{ node: number; server?: number }>

/** Linux counts the time of a process in hundredths of a second. */
const tick = 10

/** The CPU time until now; `postmaster` is the process of the server. */
export async function cpuTime(postmaster: number): Promise<CpuTime> {
  const { user, system } = process.cpuUsage()
  const node = (user + system) / 1000
  const pids = await serverProcesses(postmaster).catch(() => undefined)
  if (!pids) return { node }
  const times = await Promise.all(pids.map((pid) => timeOf(pid, { withEnded: pid === postmaster })))
  return { node, server: times.reduce((sum, time) => sum + time, 0) }
}

/** The CPU time of one of `count` pieces of work between two moments. */
export function cpuBetween(before: CpuTime, after: CpuTime, count: number): CpuTime {
  const node = (after.node - before.node) / count
  if (after.server === undefined || before.server === undefined) return { node }
  return { node, server: (after.server - before.server) / count }
}

/** `withEnded`: with the time of the children that have ended. 0 for a process that has ended meanwhile. */
async function timeOf(pid: number, { withEnded }: Readonly<{ withEnded: boolean }>): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return 0
  // The second field, the name of the program, may contain spaces.
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number)
  return tick * (user + system + (withEnded ? endedUser + endedSystem : 0))
}
