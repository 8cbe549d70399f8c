import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A migration on disk. */
export type MigrationFile = Readonly<{
  part: string
  number: number
  name: string
  up: string
  down: string
  /** The checksum of the up file with normalized line ends. */
  checksum: string
}>

/** The migrations of one part: `platform/events`, or a module such as `catalog`. */
export type MigrationPart = Readonly<{ part: string; folder: string; files: readonly MigrationFile[] }>

/** A migration is invalid or failed. The message is one line. */
export class MigrationFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationFailed'
  }
}

/** A new migration was given a part that does not exist, or an impossible name. */
export class WrongMigrationName extends MigrationFailed {}

const posadRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * The parts in the order of their application: the platform, then the modules in alphabetical order, each after the modules
 * it needs. With `only`: the platform, the named modules and the modules they need.
 */
export function findParts(only?: readonly string[], root = posadRoot): MigrationPart[] {
  const platform = foldersIn(root, 'platform').map((name) => readPart(root, `platform/${name}`, `platform/${name}`))
  const modules = new Map(foldersIn(root, 'modules').map((name) => [name, readPart(root, name, `modules/${name}`)]))
  const ordered = new Set(platform)
  const add = (name: string, path: readonly string[]) => {
    const part = modules.get(name)
    if (!part) throw new MigrationFailed(`There is no module ${name} with migrations`)
    if (path.includes(name))
      throw new MigrationFailed(`Migrations need each other in a cycle: ${[...path, name].join(', ')}`)
    for (const needed of needsOf(part)) add(needed, [...path, name])
    ordered.add(part)
  }
  for (const name of modules.keys()) if (!only || only.includes(name)) add(name, [])
  return [...ordered]
}

/** `-- needs: catalog` at the top of a migration: the migrations of that module come first. */
const needsOf = ({ files }: MigrationPart) => [
  ...new Set(files.flatMap(({ up }) => /^-- needs: (.+)$/m.exec(up)?.[1]?.split(/[ ,]+/) ?? [])),
]

const foldersIn = (root: string, folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => existsSync(join(root, folder, name, 'migrations')))
    .toSorted()

const fileName = /^(\d{4})-([a-z0-9-]+)\.(up|down)\.sql$/

function readPart(root: string, part: string, path: string): MigrationPart {
  const folder = join(root, path, 'migrations')
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const files: MigrationFile[] = []
  for (const file of names) {
    const [, digits, name, direction] = fileName.exec(file) ?? []
    if (!digits || !name)
      throw new MigrationFailed(`${path}/migrations/${file} is not named like 0001-brew-profiles.up.sql: rename it`)
    const twin = file.replace(/(up|down)\.sql$/, direction === 'up' ? 'down.sql' : 'up.sql')
    if (!names.includes(twin)) throw new MigrationFailed(`${path}/migrations/${twin} is missing beside ${file}: add it`)
    if (direction === 'down') continue
    const number = Number(digits)
    if (files.some((other) => other.number === number))
      throw new MigrationFailed(`${path}/migrations has two files with number ${digits}: renumber one`)
    const up = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    const down = readFileSync(join(folder, twin), 'utf8')
    files.push({ part, number, name, up, down, checksum: createHash('sha256').update(up).digest('hex') })
  }
  return { part, folder, files }
}

/** The name of a migration in messages: `catalog/0002-brew-profiles`. */
export const titleOf = ({ part, number, name }: Pick<MigrationFile, 'part' | 'number' | 'name'>): string =>
  `${part}/${String(number).padStart(4, '0')}-${name}`

/** A hash of all migrations: two databases with the same fingerprint have the same tables. */
export const fingerprintOf = (parts: readonly MigrationPart[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map(({ files }) => files.map((file) => [titleOf(file), file.checksum]))))
    .digest('hex')
    .slice(0, 12)
