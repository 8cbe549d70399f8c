import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  BackupRefused,
  checksumOf,
  readManifest,
  restoreDatabase,
  verifyFiles,
  type DatabaseManifest,
  type Manifest,
} from '#platform/backup'
import { findParts } from '#platform/db'
import { restoreStatements } from '#platform/events'
import { restoredJobs } from '#platform/jobs'
import { migrateDatabase } from '../app.ts'
import type { Config } from '../config/config.ts'
import { placeOf } from '../database/backup-files.ts'
import { databasesOf, servicesOf, wholeName, type ShopDatabase } from '../database/databases.ts'
import { openDatabase } from '../database/open-database.ts'
import { modulesOf } from '../services/services.ts'
import { countOf, printAs, printLine, type Format } from '../terminal/print.ts'
import { orRefusal } from '../terminal/or-refusal.ts'
import { showProgress } from './progress.ts'
import { readOwnConfig } from './with-app.ts'

const announce = (line: string): void => void process.stderr.write(`${line}\n`)

/** `posad restore DIRECTORY`: restores a backup into empty databases; a repetition after a crash goes on where it ended. */
export async function restore(directory: string, format: Format): Promise<void> {
  const { id, created_at, databases } = await orRefusal(() => restoreFrom(resolve(directory)))
  const names = databases.map(({ name }) => name)
  const done = `Restored ${countOf(names.length, 'database')} of the backup from ${created_at}`
  printAs(format, { id, created_at, databases: names }, done)
  if (!format.json)
    printLine('Empty the queues of the broker before the next start, if there is one; then run posad check')
}

async function restoreFrom(directory: string): Promise<Manifest> {
  const config = readOwnConfig()
  const manifest = await readManifest(directory)
  await withDatabases(config, async (databases) => {
    refuseOtherDatabases(manifest, databases)
    for (const { name, modules } of databases) refuseOtherMigrations(manifest, name, modules)
    announce('Comparing every file of the backup with its checksum …')
    await verifyFiles(directory, manifest)
    await refuseOtherFiles(config, manifest)
    // Before the databases: a shop that started in between would make new secrets, which open none of its sealed rows.
    await restoreFiles(config, manifest, directory)
    const { report, end } = showProgress()
    try {
      for (const { name, url, modules } of databases) {
        const migrate = async () => await migrateDatabase(url, modules)
        const afterwards = [...restoreStatements, ...restoredJobs]
        const database = databaseOf(manifest, name)
        const outcome = await restoreDatabase({
          url,
          directory,
          id: manifest.id,
          database,
          migrate,
          afterwards,
          onProgress: report,
        })
        if (outcome === 'was-restored') announce(`The database for ${name} has this backup already`)
      }
    } finally {
      end()
    }
  })
  return manifest
}

/** One database for all modules may be an embedded one, which is made here. */
async function withDatabases(
  config: Config,
  work: (databases: readonly ShopDatabase[]) => Promise<void>,
): Promise<void> {
  const services = servicesOf(config)
  if (services.length > 0) return await work(databasesOf(config, services))
  const { url, stop } = await openDatabase({ config, announce, schema: 'migrate' })
  try {
    await work([{ name: wholeName, url, modules: modulesOf() }])
  } finally {
    await stop()
  }
}

function databaseOf({ databases }: Manifest, name: string): DatabaseManifest {
  const found = databases.find((database) => database.name === name)
  if (!found) throw new BackupRefused(`The backup has no database ${name}`)
  return found
}

function refuseOtherDatabases({ databases }: Manifest, own: readonly ShopDatabase[]): void {
  const listOf = (named: readonly { name: string }[]) =>
    named
      .map(({ name }) => name)
      .toSorted()
      .join(', ')
  if (listOf(databases) === listOf(own)) return
  throw new BackupRefused(
    `The backup has the databases ${listOf(databases)}, and the settings name ${listOf(own)}: set DATABASE_URL or DATABASE_URL_<SERVICE> as they were when the backup was made`,
  )
}

/** A restore leads to the migrations of the backup; a newer program applies its own at the next start. */
function refuseOtherMigrations(manifest: Manifest, name: string, modules: ShopDatabase['modules']): void {
  const here = new Set(findParts(modules).flatMap(({ files }) => files.map(describe)))
  const there = new Set(databaseOf(manifest, name).migrations.map(describe))
  const [different] = here.symmetricDifference(there)
  if (different !== undefined)
    throw new BackupRefused(
      `Posad ${manifest.version} wrote this backup, and its migrations differ from those of this version (${different}): restore it with that version, and upgrade afterwards`,
    )
}

const describe = ({ part, number, name, checksum }: DatabaseManifest['migrations'][number]): string =>
  `${part} ${number} ${name} ${checksum.slice(0, 8)}`

/** Refuses a secret or a file that is there with another content: the data directory belongs to another shop. */
async function refuseOtherFiles(config: Config, { files }: Manifest): Promise<void> {
  for (const { path, sha256 } of files) {
    const place = placeOf(config, path)
    if (existsSync(place) && (await checksumOf(place)) !== sha256)
      throw new BackupRefused(
        `${place} is there already and differs from the backup: name another directory in POSAD_DATA`,
      )
  }
}

async function restoreFiles(config: Config, { files }: Manifest, directory: string): Promise<void> {
  for (const { path } of files) {
    const place = placeOf(config, path)
    if (existsSync(place)) continue
    await mkdir(dirname(place), { recursive: true })
    // Under another name first: a repetition after a crash finds whole files only.
    await copyFile(join(directory, path), `${place}.part`)
    await rename(`${place}.part`, place)
  }
}
