import {
  migrateDown,
  migrationStatus,
  newMigration,
  previewDown,
  takeInstanceLock,
  transaction,
  WrongMigrationName,
} from '#platform/db'
import { ledGroups } from '#platform/events'
import type { App } from '../app.ts'
import { print, printAs, printLine, type Format } from '../terminal/print.ts'
import { Misuse, Refusal } from '../terminal/refusal.ts'
import { withApp } from './with-app.ts'

/** `posad migrate up`: applies pending migrations. Several processes may run it at the same time. */
export const up = async (format: Format): Promise<void> =>
  await withApp(
    async ({ pool }) => printAs(format, await migrationStatus(pool), 'Every schema is up to date'),
    // JSON alone is on standard output.
    { schema: 'migrate', ...(!format.json && { announce: printLine }) },
  )

type DownOptions = Format & Readonly<{ steps: number; yes?: boolean }>

/** `posad migrate down PART --yes`: reverts the newest migrations of a part. Refused while a process uses the database. */
export const down = async (part: string, { steps, yes = false, ...format }: DownOptions): Promise<void> =>
  await withApp(
    async (app) => {
      await refuseUnknownPart(app, part)
      const release = await refuseRunning(app)
      try {
        const { titles, losses } = await previewDown(app.pool, { part, steps })
        if (!yes) throw new Refusal(`${lossLine(titles, losses)}: add --yes to revert`)
        const reverted = await migrateDown(app.pool, { part, steps })
        printAs(format, { reverted }, reverted.map((title) => `Reverted ${title}`).join('\n'))
      } finally {
        release()
      }
    },
    { schema: 'any' },
  )

async function refuseUnknownPart({ pool }: App, part: string): Promise<void> {
  const parts = [...new Set((await migrationStatus(pool)).map((migration) => migration.part))]
  if (!parts.includes(part)) throw new Misuse(`There is no part ${part}: choose one of ${parts.join(', ')}`)
}

/** Locks the directory against a start. Refuses while a process runs in it, or leads a group of the database. */
async function refuseRunning({ config, db }: App): Promise<() => void> {
  let release = () => {}
  if (config.database.kind === 'embedded') {
    const { directory } = config.app
    const lock = await takeInstanceLock(directory, { address: 'posad migrate down' })
    if ('heldBy' in lock)
      throw new Refusal(
        `Posad runs in ${directory}: ${lock.heldBy.address} (process ${lock.heldBy.pid}): stop it first`,
      )
    release = lock.release
  }
  const led = await transaction(db, ledGroups)
  if (led.length === 0) return release
  release()
  throw new Refusal(`A process handles events for ${led.join(', ')}: stop it first`)
}

function lossLine(titles: readonly string[], losses: readonly string[]): string {
  const reverted = titles.join(', ')
  if (losses.length === 0) return `Reverting ${reverted} drops no table and no column`
  return `Reverting ${reverted} drops ${losses.join(', ')}, and their rows would be lost`
}

/** `posad migrate status`: lists applied and pending migrations. */
export const status = async ({ json }: Format): Promise<void> =>
  await withApp(
    async ({ pool }) => {
      const migrations = await migrationStatus(pool)
      if (json) return print(migrations, { json })
      print(
        migrations.map((migration) => ({ ...migration, applied_at: migration.applied_at ?? '-' })),
        { json },
      )
    },
    { schema: 'any' },
  )

/** `posad migrate new PART NAME`: creates a pair of empty migration files. */
export function create(part: string, name: string, format: Format): void {
  try {
    const files = newMigration(part, name)
    printAs(format, { files }, files.join('\n'))
  } catch (error) {
    throw error instanceof WrongMigrationName ? new Misuse(error.message) : error
  }
}
