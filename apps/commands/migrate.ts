import { migrateDown, migrationStatus, newMigration } from '#platform/db'
import { migrate } from '../app.ts'
import { print, printLine, withApp } from './with-app.ts'

const unmigrated = { migrates: false }

/** `posad migrate up`: applies pending migrations. Several processes may run it at the same time. */
export const up = async (): Promise<void> =>
  await withApp(async ({ pool }) => {
    await migrate(pool, printLine)
    printLine('Every schema is up to date')
  }, unmigrated)

/** `posad migrate down PART`: reverts the newest migrations of a part. */
export const down = async (part: string, { steps }: { steps: number }): Promise<void> =>
  await withApp(async ({ pool }) => {
    for (const title of await migrateDown(pool, { part, steps })) printLine(`Reverted ${title}`)
  }, unmigrated)

/** `posad migrate status`: lists applied and pending migrations. */
export const status = async (options: { json?: boolean }): Promise<void> =>
  await withApp(async ({ pool }) => print(await migrationStatus(pool), options), unmigrated)

/** `posad migrate new PART NAME`: creates a pair of empty migration files. */
export function create(part: string, name: string): void {
  for (const path of newMigration(part, name)) printLine(path)
}
