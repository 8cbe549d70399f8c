import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A migration as it lies on disk. */
export type MigrationFile = Readonly<{
  part: string
  number: number
  name: string
  up: string
  down: string
  /** Of the up file, whatever its line ends. */
  checksum: string
}>

/** The migrations of one part: `platform/events`, or a module such as `catalog`. */
export type MigrationPart = Readonly<{ part: string; folder: string; files: readonly MigrationFile[] }>

/** Something is wrong with the migrations. The message is one line. */
export class MigrationFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationFailed'
  }
}

const posadRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * The parts in the order they are applied: platform first, then modules, alphabetically, a module after those it needs.
 * With `only`, the platform, the named modules and what they need.
 */
export function findParts(only?: readonly string[], root = posadRoot): MigrationPart[] {
  const platform = foldersIn(root, 'platform').map((name) => readPart(root, `platform/${name}`, `platform/${name}`))
  const modules = new Map(foldersIn(root, 'modules').map((name) => [name, readPart(root, name, `modules/${name}`)]))
  const ordered = new Set(platform)
  const add = (name: string, path: readonly string[]) => {
    const part = modules.get(name)
    if (!part) throw new MigrationFailed(`There is no module ${name} with migrations`)
    if (path.includes(name))
      throw new MigrationFailed(`Migrations need each other in a circle: ${[...path, name].join(', ')}`)
    for (const needed of needsOf(part)) add(needed, [...path, name])
    ordered.add(part)
  }
  for (const name of modules.keys()) if (!only || only.includes(name)) add(name, [])
  return [...ordered]
}

/** `-- needs: catalog` at the top of a migration: that module's tables are there before. */
const needsOf = ({ files }: MigrationPart) => [
  ...new Set(files.flatMap(({ up }) => /^-- needs: (.+)$/m.exec(up)?.[1]?.split(/[ ,]+/) ?? [])),
]

const foldersIn = (root: string, floor: string) =>
  readdirSync(join(root, floor))
    .filter((name) => existsSync(join(root, floor, name, 'migrations')))
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
      throw new MigrationFailed(`${path}/migrations/${file} should be named like 0001-orders.up.sql`)
    const twin = file.replace(/(up|down)\.sql$/, direction === 'up' ? 'down.sql' : 'up.sql')
    if (!names.includes(twin)) throw new MigrationFailed(`${path}/migrations/${twin} is missing beside ${file}`)
    if (direction === 'down') continue
    const number = Number(digits)
    if (files.some((other) => other.number === number))
      throw new MigrationFailed(`${path}/migrations has two files with number ${digits}`)
    const up = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    const down = readFileSync(join(folder, twin), 'utf8')
    files.push({ part, number, name, up, down, checksum: createHash('sha256').update(up).digest('hex') })
  }
  return { part, folder, files }
}

/** How people and messages call a migration: `catalog/0002-brew-profiles`. */
export const titleOf = ({ part, number, name }: Pick<MigrationFile, 'part' | 'number' | 'name'>): string =>
  `${part}/${String(number).padStart(4, '0')}-${name}`

/** Changes with any byte of any migration: two houses with the same print have the same tables. */
export const printOf = (parts: readonly MigrationPart[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map(({ files }) => files.map((file) => [titleOf(file), file.checksum]))))
    .digest('hex')
    .slice(0, 12)
