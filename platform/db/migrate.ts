import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { readApplied, runMigration, withMigrationLock, type AppliedMigration } from './migration-history.ts'
import { findParts, MigrationFailed, titleOf, WrongMigrationName, type MigrationFile } from './migration-files.ts'

/** Selects the migrations of the platform and of the modules in `parts`, or of all modules when `parts` is absent. */
export type MigrationScope = Readonly<{ parts?: readonly string[]; root?: string }>

/** One migration in `posad migrate status`. `unknown`: a newer version of Posad applied it. */
export type MigrationState = Readonly<{
  part: string
  number: number
  name: string
  state: 'applied' | 'pending' | 'changed' | 'unknown'
  applied_at: Date | undefined
}>

/** Applies the pending migrations and returns their titles. Processes that migrate at the same time wait for each other. */
export async function migrateUp(pool: Pool, { parts, root }: MigrationScope = {}): Promise<string[]> {
  const files = findParts(parts, root).flatMap((part) => part.files)
  return await withMigrationLock(pool, async (client) => {
    const applied = new Map((await readApplied(client)).map((row) => [titleOf(row), row]))
    const changed = files.find((file) => isChanged(file, applied.get(titleOf(file))))
    if (changed) {
      throw new MigrationFailed(
        `${titleOf(changed)} was changed after it was applied: restore the file and write a new migration`,
      )
    }
    const pending = files.filter((file) => !applied.has(titleOf(file)))
    for (const file of pending) {
      await runMigration(client, {
        title: titleOf(file),
        text: file.up,
        record: {
          text: 'insert into platform.migration (part, number, name, checksum) values ($1, $2, $3, $4)',
          values: [file.part, file.number, file.name, file.checksum],
        },
      })
    }
    return pending.map(titleOf)
  })
}

/** All migrations on disk or in the database, in order. */
export async function migrationStatus(pool: Pool, { parts, root }: MigrationScope = {}): Promise<MigrationState[]> {
  const files = findParts(parts, root).flatMap((part) => part.files)
  const { rows } = await pool.query<{ found: boolean }>(`select to_regclass('platform.migration') is not null as found`)
  const applied = new Map(rows[0]?.found ? (await readApplied(pool)).map((row) => [titleOf(row), row]) : [])
  const known = files.map((file): MigrationState => {
    const row = applied.get(titleOf(file))
    const state = isChanged(file, row) ? 'changed' : row ? 'applied' : 'pending'
    return { part: file.part, number: file.number, name: file.name, state, applied_at: row?.applied_at }
  })
  const onDisk = new Set(files.map(titleOf))
  const newer = parts ? [] : [...applied.values()].filter((row) => !onDisk.has(titleOf(row)))
  return [...known, ...newer.map(unknownOf)]
}

/** Writes the two empty files of a new migration and returns their paths. Throws `WrongMigrationName` for a wrong argument. */
export function newMigration(part: string, name: string, root?: string): [up: string, down: string] {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new WrongMigrationName(`${name} is not a name of a migration: use one like add-brew-profiles`)
  const found = findParts(undefined, root).find((candidate) => candidate.part === part)
  if (!found)
    throw new WrongMigrationName(`There is no part ${part} with a folder migrations/: create the folder first`)
  const namesake = found.files.find((file) => file.name === name)
  if (namesake) throw new MigrationFailed(`${titleOf(namesake)} has this name already: choose another one`)
  const number = Math.max(0, ...found.files.map((file) => file.number)) + 1
  const path = join(found.folder, `${String(number).padStart(4, '0')}-${name}`)
  writeFileSync(`${path}.up.sql`, '-- Expand first: the running version must still work after this migration.\n', {
    flag: 'wx',
  })
  writeFileSync(`${path}.down.sql`, '-- Reverts the up file.\n', { flag: 'wx' })
  return [`${path}.up.sql`, `${path}.down.sql`]
}

const unknownOf = ({ part, number, name, applied_at }: AppliedMigration): MigrationState => ({
  part,
  number,
  name,
  state: 'unknown',
  applied_at,
})

const isChanged = (file: MigrationFile, row: AppliedMigration | undefined) =>
  row !== undefined && row.checksum !== file.checksum
