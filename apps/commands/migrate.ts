import { migrateDown, migrationStatus, newMigration } from '#platform/db'
import { migrate } from '../app.ts'
import { print, withApp } from './with-app.ts'

const asFound = { asFound: true }
const say = (line: string) => process.stdout.write(`${line}\n`)

/** `posad migrate up`: applies what is pending, by any number of processes at once. */
export const up = async (): Promise<void> =>
  await withApp(async ({ pool }) => {
    await migrate(pool, say)
    say('Every schema is up to date')
  }, asFound)

/** `posad migrate down PART`: undoes the newest migrations of a part. */
export const down = async (part: string, { steps }: { steps: number }): Promise<void> =>
  await withApp(async ({ pool }) => {
    for (const title of await migrateDown(pool, { part, steps })) say(`Undid ${title}`)
  }, asFound)

/** `posad migrate status`: what is applied, what is pending. */
export const status = async (options: { json?: boolean }): Promise<void> =>
  await withApp(async ({ pool }) => print(await migrationStatus(pool), options), asFound)

/** `posad migrate new PART NAME`: makes a pair of empty files. */
export function create(part: string, name: string): void {
  for (const path of newMigration(part, name)) say(path)
}
