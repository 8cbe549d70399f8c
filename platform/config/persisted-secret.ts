import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigError } from './config-error.ts'
import { makeDirectories } from './make-directories.ts'

/** A secret in a file of the data directory, for a variable without a value. */
export type GeneratedSecret = Readonly<{
  /** Its name ends in `-secret`: a backup copies such files. */
  file: string
  variable: string
  /** A clause that says what no longer works with another secret. */
  loss: string
}>

/**
 * Reads the secret in its file. The first call creates it: 256 random bits, readable for the owner only. Processes that start
 * at the same time get the same secret, because the file appears complete or not at all.
 */
export function persistedSecret(directory: string, generated: GeneratedSecret): string {
  const file = join(directory, generated.file)
  return read(file, generated) ?? create(file, generated)
}

/** Secrets of one first start are made within this time, in milliseconds. */
const firstStart = 3_600_000

/**
 * A warning when the file of a secret is missing, although the directory has secrets of an earlier start: the next call of
 * `persistedSecret` makes another one. Undefined in a directory without a secret, or with new ones only.
 */
export function missingSecret(directory: string, { file, variable, loss }: GeneratedSecret): string | undefined {
  if (existsSync(join(directory, file)) || !existsSync(directory)) return undefined
  const others = readdirSync(directory).filter((name) => name.endsWith('-secret'))
  const isEarlier = (name: string) => statSync(join(directory, name)).mtimeMs < Date.now() - firstStart
  if (!others.some(isEarlier)) return undefined
  return `${join(directory, file)} is missing, and a new secret takes its place: ${loss}. To get it back, stop, and restore the file from a backup or set ${variable}`
}

function read(file: string, { variable, loss }: GeneratedSecret): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length < 32)
      throw new ConfigError(
        `${file} holds no secret: restore the file from a backup, or set ${variable} to its earlier value. If both are lost, delete the file: the next start creates another secret, and ${loss}`,
      )
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600)
    return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function create(file: string, generated: GeneratedSecret): string {
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
  const secret = read(file, generated)
  if (!secret) throw new Error(`${file} was deleted while it was created`)
  return secret
}
