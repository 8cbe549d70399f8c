import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EmbeddedFailed } from './embedded-failed.ts'

/** A user of the system, when the server runs as another one than we are: PostgreSQL refuses to serve root. */
export type ServerUser = Readonly<{ uid: number; gid: number }>

/** Where the embedded server keeps its files, and as whom it runs. */
export type Home = Readonly<{ directory: string; user?: ServerUser }>

/** Where root's server lives when its user cannot reach the place that was asked for. */
export const otherPlace = '/var/lib/posad'

export const clusterOf = ({ directory }: Pick<Home, 'directory'>): string => join(directory, 'postgres')

/** The name of a socket may not be longer, on any system. */
const longestSocket = 103

/** Where the server's socket lies: with the cluster, which only its owner enters. Empty where there can be none. */
export function socketsOf(home: Home): string {
  const directory = clusterOf(home)
  const isShort = Buffer.byteLength(join(directory, '.s.PGSQL.65535')) <= longestSocket
  return process.platform !== 'win32' && isShort && !/[",]/.test(directory) ? directory : ''
}

/**
 * Finds the place for a server. Root's runs as whoever owns the cluster, at first the system user `postgres`; when that
 * user cannot enter the directory (the usual `/root` is closed to others), it moves to /var/lib/posad.
 */
export function findHome(wanted: string, say: (line: string) => void): Home {
  const directory = makeDirectory(resolve(wanted))
  if (process.getuid?.() !== 0) return { directory }
  const moved = join(otherPlace, createHash('sha256').update(directory).digest('hex').slice(0, 12))
  const known = [directory, moved].find((place) => existsSync(clusterOf({ directory: place })))
  const user = known ? ownerOf(clusterOf({ directory: known })) : systemUser()
  if (known === directory || (!known && reaches(user, directory))) return { directory, user }
  say(`The database is kept in ${moved}: root's PostgreSQL runs as the user postgres, who cannot enter ${directory}`)
  makeDirectory(moved)
  for (const place of [otherPlace, moved]) chmodSync(place, 0o755)
  return { directory: moved, user }
}

/** Makes a directory, or says in one line why it cannot be used. */
export function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true })
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

function ownerOf(path: string): ServerUser {
  const { uid, gid } = statSync(path)
  return { uid, gid }
}

function systemUser(): ServerUser {
  const idOf = (what: '-u' | '-g') =>
    Number(execFileSync('id', [what, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
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

/** True when `user` can pass every directory above `path` and use `path` itself. */
export function reaches(user: ServerUser, path: string): boolean {
  const { uid, gid, mode } = statSync(path)
  const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode
  return (bits & 1) === 1 && (path === dirname(path) || reaches(user, dirname(path)))
}

/** Gives a file to the user who runs the server. */
export const giveTo = (user: ServerUser | undefined, path: string): void => {
  if (user) chownSync(path, user.uid, user.gid)
}
