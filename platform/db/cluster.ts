import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
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
import { findBinaries } from './postgres-binaries.ts'
import { clusterOf, giveTo, socketsOf, type Home } from './postgres-home.ts'

/** Server settings, as on its command line. */
export type Settings = Readonly<Record<string, string | number>>

/** Fits a small merchant's machine: 16 MB with no connection, 55 MB with twenty (proportional set size, measured). */
const ours: Settings = {
  listen_addresses: '127.0.0.1',
  max_connections: 100,
  shared_buffers: '64MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '1GB', // a checkpoint in a rush makes every page whole in the log again
  fsync: 'on',
  synchronous_commit: 'on',
  io_method: 'sync', // three worker processes fewer
  max_logical_replication_workers: 0,
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%a/%d ',
  idle_in_transaction_session_timeout: '60s', // for consoles; our pools are stricter
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
}

/**
 * The built-in C.UTF-8 compares bytes (fast, and no index ever depends on a library's version) and lowers Cyrillic.
 * LC_CTYPE must know Unicode too: with C, pg_trgm finds no letters in Russian words (tried on 18.4).
 * What people see sorted by name says so: `collate "und-x-icu"`.
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

const logOf = ({ directory }: Home) => join(directory, 'postgres.log')
const passwordFile = 'posad.password'

/** The password of the cluster: made with it, never leaves the machine. */
export function passwordOf(home: Home): string {
  const path = join(clusterOf(home), passwordFile)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new EmbeddedFailed(`Cannot read ${path}: without the password nobody enters this database`, { cause })
  }
}

/** Makes the cluster under another name and renames it when finished: an interrupted initdb leaves no half of one. */
export async function initialise(home: Home, { fsync }: Settings): Promise<void> {
  dropUnfinished(home)
  const unfinished = `${clusterOf(home)}.new-${process.pid}`
  const secret = `${unfinished}.password`
  try {
    mkdirSync(unfinished, { mode: 0o700 })
    writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 })
    giveTo(home.user, unfinished)
    giveTo(home.user, secret)
    const options = [...initdbOptions, `--pgdata=${unfinished}`, `--pwfile=${secret}`]
    if (fsync === 'off') options.push('--no-sync')
    await promisify(execFile)(join(findBinaries(home.user), 'bin/initdb'), options, asServer(home, '/'))
    renameSync(secret, join(unfinished, passwordFile))
    renameSync(unfinished, clusterOf(home))
  } catch (error) {
    dropUnfinished(home)
    if (error instanceof EmbeddedFailed) throw error
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new EmbeddedFailed(`Cannot make a database in ${home.directory}: ${lastErrorIn(stderr || message)}`, {
      cause: error,
    })
  }
}

function dropUnfinished(home: Home): void {
  const prefix = `${basename(clusterOf(home))}.new-`
  for (const name of readdirSync(home.directory).filter((each) => each.startsWith(prefix))) {
    rmSync(join(home.directory, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** True once a cluster has been made. */
export const isInitialised = (home: Home): boolean => existsSync(clusterOf(home))

/** Starts the server in a process group of its own, so that Ctrl-C in a terminal reaches us and not it; returns its pid. */
export function spawnServer(home: Home, port: number, extra: Settings): number {
  const log = openLog(home)
  const options = Object.entries({ ...ours, unix_socket_directories: socketsOf(home), ...extra, port }).flatMap(
    ([name, setting]) => ['-c', `${name}=${setting}`],
  )
  const server = spawn(join(findBinaries(home.user), 'bin/postgres'), ['-D', clusterOf(home), ...options], {
    ...asServer(home, dirname(clusterOf(home))),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  server.on('error', () => {}) // seen as a server that is not there
  server.unref()
  return server.pid ?? 0
}

/** No setting of ours reaches the server by its environment. */
const asServer = ({ user }: Home, cwd: string) => ({ cwd, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...user })

/** One older log is kept. */
function openLog(home: Home): number {
  const log = logOf(home)
  if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`)
  return openSync(log, 'a', 0o600)
}

/** The last complaint of the server, for people. */
export const lastWordsOf = (home: Home): string => lastErrorIn(readFileSync(logOf(home), 'utf8').slice(-4000))

function lastErrorIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.findLast((line) => /FATAL|PANIC|ERROR|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim()
}
