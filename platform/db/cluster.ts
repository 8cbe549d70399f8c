import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedFailed } from './embedded-failed.ts'
import { findBinaries, majorOfBinaries } from './postgres-binaries.ts'
import { changeOwner, clusterOf, socketsOf, type ServerLocation } from './server-location.ts'

/** Server settings, as on the command line of `postgres`. */
export type Settings = Readonly<Record<string, string | number>>

/** Fits a small server: 16 MB without connections, 55 MB with twenty (proportional set size, measured). */
const defaults: Settings = {
  listen_addresses: '127.0.0.1',
  max_connections: 100,
  shared_buffers: '64MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '1GB', // early checkpoints cause full-page writes in the WAL
  fsync: 'on',
  synchronous_commit: 'on',
  // Recovery after a crash flushes every file: one call instead of a thousand takes 0.3 s instead of 2.7 s (measured).
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
  io_method: 'sync', // saves three worker processes
  max_logical_replication_workers: 0,
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%a/%d ',
  idle_in_transaction_session_timeout: '60s', // for psql sessions; the pools set stricter limits
  client_connection_check_interval: '2s', // a statement ends soon after its client has died
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
}

/**
 * The built-in C.UTF-8 compares bytes and lowercases Cyrillic; it is fast, and no index depends on a library's version.
 * LC_CTYPE must support Unicode too: with C, pg_trgm finds no letters in Russian words (tried on 18.4). Queries that sort
 * names for people use `collate "und-x-icu"`.
 */
const initdbOptions = [
  '--username=posad',
  '--encoding=UTF8',
  '--auth=scram-sha-256',
  '--locale=C',
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
]

const logOf = ({ directory }: ServerLocation) => join(directory, 'postgres.log')
const passwordFile = 'posad.password'

/** The password of the cluster. It is generated with the cluster and never leaves the machine. */
export function passwordOf(location: ServerLocation): string {
  const path = join(clusterOf(location), passwordFile)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new EmbeddedFailed(`Cannot read ${path}, the password of this database: restore the file from a backup`, {
      cause,
    })
  }
}

/** Makes the cluster under another name and renames it when complete, so an interrupted initdb leaves no partial cluster. */
export async function initialise(location: ServerLocation, { fsync }: Settings): Promise<void> {
  dropUnfinished(location)
  const unfinished = `${clusterOf(location)}.new-${process.pid}`
  const secret = `${unfinished}.password`
  try {
    mkdirSync(unfinished, { mode: 0o700 })
    writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 })
    changeOwner(location.user, unfinished)
    changeOwner(location.user, secret)
    const options = [...initdbOptions, `--pgdata=${unfinished}`, `--pwfile=${secret}`]
    if (fsync === 'off') options.push('--no-sync')
    await promisify(execFile)(join(findBinaries(location.user), 'bin/initdb'), options, asServer(location, '/'))
    renameSync(secret, join(unfinished, passwordFile))
    renameSync(unfinished, clusterOf(location))
  } catch (error) {
    dropUnfinished(location)
    if (error instanceof EmbeddedFailed) throw error
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new EmbeddedFailed(`Cannot make a database in ${location.directory}: ${lastErrorIn(stderr || message)}`, {
      cause: error,
    })
  }
}

function dropUnfinished(location: ServerLocation): void {
  const prefix = `${basename(clusterOf(location))}.new-`
  for (const name of readdirSync(location.directory).filter((each) => each.startsWith(prefix))) {
    rmSync(join(location.directory, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** True once a cluster has been made. */
export const isInitialised = (location: ServerLocation): boolean => existsSync(clusterOf(location))

/** PostgreSQL reads the files of its own major version only, and says so in a log that few people open. */
export function refuseOtherMajor(location: ServerLocation): void {
  const file = join(clusterOf(location), 'PG_VERSION')
  const major = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN
  const own = majorOfBinaries()
  if (Number.isNaN(major) || major === own) return
  throw new EmbeddedFailed(
    `${clusterOf(location)} has data of PostgreSQL ${major}, and this version of Posad has PostgreSQL ${own}: run posad backup with the version that wrote the data, and posad restore with this one and a new POSAD_DATA`,
  )
}

/** A server that was started: its process id, and the length of the log before it. */
export type SpawnedServer = Readonly<{ pid: number; logStart: number }>

/** Starts the server in its own process group, so that Ctrl-C in a terminal does not reach it. */
export function spawnServer(location: ServerLocation, port: number, settings: Settings): SpawnedServer {
  const log = openLog(location)
  const logStart = fstatSync(log).size
  const options = Object.entries({
    ...defaults,
    unix_socket_directories: socketsOf(location),
    ...settings,
    port,
  }).flatMap(([name, setting]) => ['-c', `${name}=${setting}`])
  const server = spawn(join(findBinaries(location.user), 'bin/postgres'), ['-D', clusterOf(location), ...options], {
    ...asServer(location, dirname(clusterOf(location))),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  server.on('error', () => {}) // the caller sees that no server started
  server.unref()
  return { pid: server.pid ?? 0, logStart }
}

/** Passes no variable of this process to the server but PATH. */
const asServer = ({ user }: ServerLocation, cwd: string) => ({
  cwd,
  env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  ...user,
})

/** Renames a log above 10 MB, replacing the previous one. */
function openLog(location: ServerLocation): number {
  const log = logOf(location)
  if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`)
  return openSync(log, 'a', 0o600)
}

/** The end of the server's log after its first `logStart` bytes. */
export const logFrom = (location: ServerLocation, logStart: number): string =>
  readFileSync(logOf(location)).subarray(logStart).toString().slice(-4000)

/** The last error in the server's log after its first `logStart` bytes, or its last line. */
export const lastErrorOf = (location: ServerLocation, logStart = 0): string => lastErrorIn(logFrom(location, logStart))

function lastErrorIn(text: string): string {
  // PostgreSQL's last words on a full disk are about what it could not revert.
  if (/No space left on device/.test(text)) return 'the disk is full: make room and start again'
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.findLast((line) => /FATAL|PANIC|ERROR|error:/.test(line)) ?? lines.at(-1) ?? 'its log is empty').trim()
}
