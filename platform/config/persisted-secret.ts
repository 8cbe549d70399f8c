import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from './config-error.ts'
import { makeDirectories } from './make-directories.ts'

/**
 * Reads the secret in `file`. The first call creates it: 256 random bits, readable for the owner only. Processes that start
 * at the same time get the same secret, because the file appears complete or not at all.
 */
export function persistedSecret(file: string): string {
  return read(file) ?? create(file)
}

function read(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length < 32)
      throw new ConfigError(`${file} holds no secret: delete the file, and the next start creates a new one`)
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600)
    return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function create(file: string): string {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    // Others may enter the folder: it also holds the embedded PostgreSQL, which runs as another user when we are root.
    makeDirectories(dirname(file))
    const descriptor = openSync(draft, 'wx', 0o600)
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    // A link, unlike a rename, never replaces the secret of another process that has just started.
    linkSync(draft, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST')
      throw new ConfigError(`Cannot write the secret ${file} (${code}): set POSAD_DATA to a directory you can write to`)
  } finally {
    rmSync(draft, { force: true })
  }
  const secret = read(file)
  if (!secret) throw new Error(`${file} was deleted while it was created`)
  return secret
}
