import { ConfigError } from '#platform/config'
import { EmbeddedFailed, MigrationFailed, sqlStateOf } from '#platform/db'
import { databaseAway, type DatabaseInUse } from './database-away.ts'
import { Refusal } from './refusal.ts'

/** Error codes of PostgreSQL that the person at the terminal can correct. */
const correctable: Readonly<Record<string, string>> = {
  '57P01': 'the database has ended: try again in a minute',
  '57P03': 'the database is starting or stopping: try again in a minute',
  '53300': 'the database has no free connection: stop other programs, or raise max_connections',
  '53100': 'the disk of the database is full: make room and try again',
  '55P03': 'another program holds a lock that this command needs: wait for its end, or end it, and try again',
  '57014': 'the database cancelled a statement that took too long: end what keeps the database busy, and try again',
  '25P04': 'the database ended a transaction that took longer than a minute: try again when it is less busy',
}

/** Error codes that a setting of an external database corrects. */
const settings: Readonly<Record<string, string>> = {
  '28P01': 'the database refuses the password: is it right in DATABASE_URL or POSTGRES_PASSWORD?',
  '28000': 'the database refuses this user: is it right in DATABASE_URL or POSTGRES_USER?',
  '3D000': 'there is no such database on the server: create it, or correct DATABASE_URL or POSTGRES_DB',
  '42501': 'the user of the database lacks a right: make it the owner of the database',
}

/** Errors of the file system, for the path that the person named. */
const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'this user may not read or write it',
  EPERM: 'this user may not read or write it',
  EISDIR: 'this is a directory: name a file',
  ENOTDIR: 'a part of this path is a file, not a directory',
  EROFS: 'this disk is read-only: name another place',
}

/** Errors of a disk also come without a path: a write knows only its open file. */
const diskProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and try again',
  EDQUOT: 'the quota of this user on the disk is used up: make room and try again',
  EIO: 'the disk cannot be read or written: look for its errors in the log of the system',
}

/** One line for the person at the terminal: the cause and the remedy. A bug shows its stack only with DEBUG=true. */
export function messageOf(error: unknown, database: DatabaseInUse): string {
  if (!(error instanceof Error)) return String(error)
  if ([ConfigError, EmbeddedFailed, MigrationFailed, Refusal].some((kind) => error instanceof kind))
    return error.message
  const { code = '', path } = error as NodeJS.ErrnoException
  const state = sqlStateOf(error) ?? ''
  const known = correctable[state] ?? (database.kind === 'external' ? settings[state] : undefined)
  if (known) return known
  const away = databaseAway(error, database)
  if (away !== undefined) return away
  const disk = diskProblems[code]
  const problem = disk ?? fileProblems[code]
  if (problem !== undefined && path !== undefined) return `${path}: ${problem}`
  if (disk !== undefined) return disk
  if (process.env['DEBUG'] === 'true') return error.stack ?? error.message
  return `this should not happen: ${error.message.split('\n', 1)[0]} (DEBUG=true shows where)`
}
