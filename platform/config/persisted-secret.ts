import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from './config-error.ts'

/**
 * The secret kept in `file`; the first call makes 256 random bits that only the owner can read. Starts that race get the
 * same one: the file appears whole or not at all.
 */
export function persistedSecret(file: string): string {
  return read(file) ?? make(file)
}

function read(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length < 32) throw new ConfigError(`${file} does not hold a secret: delete it to have a new one made`)
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600)
    return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function make(file: string): string {
  // Open to walk through: the embedded PostgreSQL, a user of its own when we are root, lives in the same folder.
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const descriptor = openSync(draft, 'wx', 0o600)
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    // A link, unlike a rename, never replaces the secret that another start has just put there.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const kept = read(file)
  if (!kept) throw new Error(`${file} vanished`)
  return kept
}
