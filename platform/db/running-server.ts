import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { passwordOf } from './cluster.ts'
import { EmbeddedFailed } from './embedded-failed.ts'
import { isAlive } from './lock.ts'
import { clusterOf, type ServerLocation } from './server-location.ts'

/** A running server, as `postmaster.pid` describes it. */
export type RunningServer = Readonly<{ pid: number; port: number; sockets: string; ready: boolean }>

export const pidFileOf = (location: ServerLocation): string => join(clusterOf(location), 'postmaster.pid')

/** The running server of this cluster; undefined when there is none, or when the pid file is left of a dead server. */
export function findServer(location: ServerLocation): RunningServer | undefined {
  try {
    const lines = readFileSync(pidFileOf(location), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!isAlive(pid) || !commandOf(pid).includes(clusterOf(location))) return undefined
    return { pid, port: Number(lines[3]), sockets: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

/** The system reuses process ids, so a process is this server only if its command line names this cluster. */
function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
}

/**
 * The address of a database of the server. The Unix socket takes half the time of the TCP port. The port remains for
 * command-line tools and for systems without sockets.
 */
export function urlOf(
  location: ServerLocation,
  { port, sockets }: Pick<RunningServer, 'port' | 'sockets'>,
  database: string,
): string {
  const url = `postgres://posad:${passwordOf(location)}@127.0.0.1:${port}/${database}`
  return sockets === '' ? url : `${url}?host=${encodeURIComponent(sockets)}`
}

/** Runs one query on a new connection. */
export async function queryOnce<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Below the ports that Linux, macOS and Windows give to outgoing connections: such a connection takes a port at any moment. */
const listeningPorts = { first: 15_000, last: 32_767 }

/** Each process begins at another hundred of ports: programs that start at the same time seek at different places. */
let portsTried = process.pid * 100

/** A TCP port that is free at this moment, that no outgoing connection takes later, and that this process did not get before. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = listeningPorts.first + (portsTried++ % (listeningPorts.last - listeningPorts.first + 1))
    if (await canListen(port)) return port
  }
  throw new EmbeddedFailed(
    `No port from ${listeningPorts.first} to ${listeningPorts.last} is free: stop programs that listen there`,
  )
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
