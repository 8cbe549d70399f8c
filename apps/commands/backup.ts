import { resolve } from 'node:path'
import { writeBackup, type BackedUpDatabase } from '#platform/backup'
import { pauseIngest } from '#platform/events'
import type { Config } from '../config/config.ts'
import { backupFilesOf } from '../database/backup-files.ts'
import { databasesOf, servicesOf, wholeName } from '../database/databases.ts'
import { countOf, print, printLine, type Format } from '../terminal/print.ts'
import { version } from '../version.ts'
import { orRefusal } from '../terminal/or-refusal.ts'
import { showProgress } from './progress.ts'
import { readOwnConfig, withApp } from './with-app.ts'

/** `posad backup DIRECTORY`: writes all databases of the shop, its secrets and its files into a new directory. */
export async function backup(directory: string, { json }: Format): Promise<void> {
  const config = readOwnConfig()
  const { id, databases, files } = await withDatabases(config, async (databases) => {
    const { report, end } = showProgress()
    try {
      return await orRefusal(() =>
        writeBackup({
          databases,
          pause: pauseIngest,
          listFiles: () => backupFilesOf(config),
          directory: resolve(directory),
          version,
          onProgress: report,
        }),
      )
    } finally {
      end()
    }
  })
  const rows = databases.flatMap(({ tables }) => tables).reduce((sum, table) => sum + table.rows, 0)
  if (json) return print({ id, databases: databases.map(({ name }) => name), rows, files: files.length }, { json })
  printLine(
    `Backed up ${countOf(databases.length, 'database')}, ${countOf(rows, 'row')} and ${countOf(files.length, 'file')} into ${directory}`,
  )
  printLine('The backup has the secrets of the shop and the data of its customers: store it where only you can read it')
}

/** One database for all modules may be the embedded one, which the app starts. */
async function withDatabases<Result>(
  config: Config,
  work: (databases: readonly BackedUpDatabase[]) => Promise<Result>,
): Promise<Result> {
  const services = servicesOf(config)
  if (services.length > 0) return await work(databasesOf(config, services))
  return await withApp(async ({ url }) => await work([{ name: wholeName, url }]))
}
