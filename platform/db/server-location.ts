import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, chmodSync, chownSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeDirectories } from '#platform/config'
import { EmbeddedFailed } from './embedded-failed.ts'

/** The system user that runs the server when this process runs as root: PostgreSQL refuses to run as root. */
export type ServerUser = Readonly<{ uid: number; gid: number }>

/** The directory of the embedded server, and the system user that runs it. */
export type ServerLocation = Readonly<{ directory: string; user?: ServerUser }>

/** Root's server moves here when its system user cannot enter the requested directory. */
export const systemDirectory = '/var/lib/posad'

export const clusterOf = ({ directory }: Pick<ServerLocation, 'directory'>): string => join(directory, 'postgres')

/** The shortest limit on the path of a Unix socket among the supported systems, in bytes. */
const longestSocket = 103

/** The directory of the server's socket: the cluster, which only its owner may enter. Empty where no socket is possible. */
export function socketsOf(location: ServerLocation): string {
  const directory = clusterOf(location)
  const isShort = Buffer.byteLength(join(directory, '.s.PGSQL.65535')) <= longestSocket
  return process.platform !== 'win32' && isShort && !/[",]/.test(directory) ? directory : ''
}

/**
 * Finds the location of a server. Root's server runs as the owner of the cluster, at first the system user `postgres`. If
 * that user cannot enter the directory (`/root` is usually closed to others), the server moves to /var/lib/posad.
 */
export function findLocation(requested: string, onProgress: (line: string) => void): ServerLocation {
  const directory = makeDirectory(resolve(requested))
  if (process.getuid?.() !== 0) return { directory }
  const moved = join(systemDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 12))
  const known = [directory, moved].find((candidate) => existsSync(clusterOf({ directory: candidate })))
  const user = known ? ownerOf(clusterOf({ directory: known })) : systemUser()
  if (known === directory || (!known && canReach(user, directory))) return { directory, user }
  onProgress(
    `The database is in ${moved}: root's PostgreSQL runs as the user postgres, which cannot enter ${directory}`,
  )
  makeDirectory(moved)
  for (const path of [systemDirectory, moved]) chmodSync(path, 0o755)
  return { directory: moved, user }
}

/** Makes a directory and returns its real path. Throws `EmbeddedFailed` when it is not writable. */
export function makeDirectory(directory: string): string {
  try {
    makeDirectories(directory)
    accessSync(directory, constants.W_OK)
    return realpathSync(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new EmbeddedFailed(
      `Cannot write to ${directory} (${code}): set POSAD_DATA to a directory you can write to, or DATABASE_URL`,
      { cause: error },
    )
  }
}

/** PostgreSQL refuses files of another user, and refuses root. A backup that root copied with `cp -r` belongs to root. */
export function refuseOtherOwner({ directory, user }: ServerLocation): void {
  const cluster = clusterOf({ directory })
  const uid = process.getuid?.()
  if (uid === undefined || !existsSync(cluster)) return
  const owner = ownerOf(cluster).uid
  if (owner === (user?.uid ?? uid) && owner !== 0) return
  const name = owner === 0 ? 'root' : `the user ${owner}`
  const reason = owner === 0 && uid === 0 ? 'PostgreSQL does not run as root' : `this process runs as the user ${uid}`
  throw new EmbeddedFailed(
    `${cluster} belongs to ${name}, and ${reason}: run chown -R ${uid === 0 ? 'postgres' : uid} ${cluster}, and copy a backup with cp -a`,
  )
}

function ownerOf(path: string): ServerUser {
  const { uid, gid } = statSync(path)
  return { uid, gid }
}

function systemUser(): ServerUser {
  const idOf = (option: '-u' | '-g') =>
    Number(execFileSync('id', [option, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
  const find = () => ({ uid: idOf('-u'), gid: idOf('-g') })
  try {
    return find()
  } catch {
    try {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' })
      return find()
    } catch (error) {
      throw new EmbeddedFailed(
        'PostgreSQL does not run as root and the user postgres cannot be made: start as an ordinary user, or set DATABASE_URL',
        { cause: error },
      )
    }
  }
}

/** True when `user` may enter every directory above `path`, and `path` itself. */
export function canReach(user: ServerUser, path: string): boolean {
  const { uid, gid, mode } = statSync(path)
  const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode
  return (bits & 1) === 1 && (path === dirname(path) || canReach(user, dirname(path)))
}

/** Makes the user who runs the server the owner of a file. */
export const changeOwner = (user: ServerUser | undefined, path: string): void => {
  if (user) chownSync(path, user.uid, user.gid)
}
