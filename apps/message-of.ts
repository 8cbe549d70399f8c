import { ConfigError } from '#platform/config'
import { EmbeddedFailed, MigrationFailed, sqlStateOf } from '#platform/db'
import { Refusal } from './refusal.ts'

const databaseAway = 'the database does not answer: is it running, and is DATABASE_URL right?'

/** Error codes of the network and of PostgreSQL that the person at the terminal can correct. */
const correctable: Readonly<Record<string, string>> = {
  ECONNREFUSED: databaseAway,
  ECONNRESET: databaseAway,
  ENOTFOUND: databaseAway,
  ETIMEDOUT: databaseAway,
  EHOSTUNREACH: databaseAway,
  '57P03': 'the database is starting or stopping: try again in a minute',
  '53300': 'the database has no free connection: stop other programs, or raise max_connections',
  '53100': 'the disk of the database is full: make room and try again',
  '28P01': 'the database refuses the password: is it right in DATABASE_URL or POSTGRES_PASSWORD?',
  '28000': 'the database refuses this user: is it right in DATABASE_URL or POSTGRES_USER?',
  '3D000': 'there is no such database on the server: create it, or correct DATABASE_URL or POSTGRES_DB',
  '42501': 'the user of the database lacks a right: make it the owner of the database',
}

/** One line for the person at the terminal: the cause and the remedy. A bug shows its stack only with DEBUG=true. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ([ConfigError, EmbeddedFailed, MigrationFailed, Refusal].some((kind) => error instanceof kind))
    return error.message
  const known = correctable[sqlStateOf(error) ?? (error as NodeJS.ErrnoException).code ?? '']
  if (known) return known
  const isUnconnected = (error as NodeJS.ErrnoException).syscall === 'connect' || /timeout/i.test(error.message)
  if (isUnconnected) return databaseAway
  if (process.env['DEBUG'] === 'true') return error.stack ?? error.message
  return `this should not happen: ${error.message.split('\n', 1)[0]} (DEBUG=true shows where)`
}
