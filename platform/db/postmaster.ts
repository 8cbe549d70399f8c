import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { passwordOf } from './cluster.ts'
import { isAlive } from './lock.ts'
import { clusterOf, type Home } from './postgres-home.ts'

/** A running server, as its postmaster.pid tells. */
export type Postmaster = Readonly<{ pid: number; port: number; sockets: string; ready: boolean }>

export const pidFileOf = (home: Home): string => join(clusterOf(home), 'postmaster.pid')

/** The server of this cluster, undefined when there is none or the file is left of one that died. */
export function readPostmaster(home: Home): Postmaster | undefined {
  try {
    const lines = readFileSync(pidFileOf(home), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!isAlive(pid) || !commandOf(pid).includes(clusterOf(home))) return undefined
    return { pid, port: Number(lines[3]), sockets: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

/** Process ids are used again: only a command line that names our cluster is our server. */
function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
}

/**
 * Where a database of the server is found. The socket in its directory takes half the time of the port, which stays for
 * tools of people and for systems without sockets.
 */
export function urlOf(home: Home, { port, sockets }: Pick<Postmaster, 'port' | 'sockets'>, database: string): string {
  const url = `postgres://posad:${passwordOf(home)}@127.0.0.1:${port}/${database}`
  return sockets === '' ? url : `${url}?host=${encodeURIComponent(sockets)}`
}

/** Asks the server a question on a connection of its own. */
export async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** A port nobody uses at this moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
