import { open, readdir, rename, writeFile as writeText } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectories } from '#platform/config'
import { newId } from '#platform/values'
import {
  fitsManifest,
  format,
  manifestFile,
  type DatabaseManifest,
  type FileManifest,
  type Manifest,
} from './manifest.ts'
import { openClient } from './open-client.ts'
import type { Progress } from './progress.ts'
import { takeSnapshot, type BackedUpDatabase, type Snapshot } from './snapshot.ts'
import { BackupRefused } from './backup-refused.ts'
import { writeFile } from './write-file.ts'

type Needs = Readonly<{
  /**
   * The databases of one shop, each before those that it calls: what a caller saw in another database is then in the snapshot of
   * that one.
   */
  databases: readonly BackedUpDatabase[]
  /** A statement that keeps a database from taking events of others until its transaction ends. */
  pause: string
  /** Lists the files to copy, by their path in the backup. Called after the snapshots: a row of them has its file by then. */
  listFiles: () => Promise<ReadonlyMap<string, string>>
  directory: string
  version: string
  onProgress: (progress: Progress) => void
}>

/**
 * Writes a backup into an empty directory. The databases agree: all snapshots are taken while no database takes events of
 * another one, so none of them has the effect of an event whose cause is missing elsewhere. Events that were published and not
 * yet taken are published again after the restore.
 */
export async function writeBackup({
  databases,
  pause,
  listFiles,
  directory,
  version,
  onProgress,
}: Needs): Promise<Manifest> {
  await makeEmpty(directory)
  const snapshots = await takeSnapshots(databases, pause)
  try {
    const written: DatabaseManifest[] = []
    for (const snapshot of snapshots) written.push(await writeDatabase(snapshot, directory, onProgress))
    const copied: FileManifest[] = []
    for (const [path, source] of await listFiles()) {
      const file = await copyFile(directory, path, source)
      if (file) copied.push(file)
    }
    const created_at = new Date().toISOString()
    const manifest = { format, id: newId(), version, created_at, databases: written, files: copied } as const
    refuseUnreadable(manifest)
    const path = join(directory, manifestFile)
    await writeText(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(`${path}.part`, path)
    return manifest
  } finally {
    await Promise.all(snapshots.map((snapshot) => snapshot.close()))
  }
}

/** A directory that a restore would refuse must not look like a backup. */
function refuseUnreadable(manifest: Manifest): void {
  const [issue] = fitsManifest.Check(manifest) ? [] : fitsManifest.Errors(manifest)
  if (issue) throw new BackupRefused(`The backup is not complete: ${issue.instancePath} ${issue.message}`)
}

/** Undefined for a file that was deleted since the list was made. */
async function copyFile(directory: string, path: string, source: string): Promise<FileManifest | undefined> {
  const opened = await open(source).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  return opened && (await writeFile(directory, path, [opened.createReadStream()]))
}

async function makeEmpty(directory: string): Promise<void> {
  makeDirectories(directory, { mode: 0o700 })
  if ((await readdir(directory)).length > 0)
    throw new BackupRefused(`${directory} is not empty: name a new directory for the backup`)
}

/** Takes the snapshots in the order of `databases`. Events wait only until the last snapshot is taken. */
async function takeSnapshots(databases: readonly BackedUpDatabase[], pause: string): Promise<readonly Snapshot[]> {
  const paused = await Promise.all(databases.map(({ url }) => openClient(url)))
  const snapshots: Snapshot[] = []
  try {
    if (databases.length > 1) for (const client of paused) await client.query(`begin; ${pause}`)
    for (const database of databases) snapshots.push(await takeSnapshot(database))
    return snapshots
  } catch (error) {
    await Promise.all(snapshots.map((snapshot) => snapshot.close()))
    throw error
  } finally {
    await Promise.all(paused.map((client) => client.end()))
  }
}

async function writeDatabase(
  snapshot: Snapshot,
  directory: string,
  onProgress: Needs['onProgress'],
): Promise<DatabaseManifest> {
  const { name: database, tables } = snapshot
  const total = tables.reduce((sum, { size }) => sum + size, 0)
  const copied = []
  let done = 0
  for (const table of tables) {
    const written = await snapshot.copy(table, directory)
    copied.push(written)
    done += table.size
    onProgress({
      database,
      table: `${table.schema}.${table.table}`,
      rows: written.rows,
      share: total === 0 ? 1 : done / total,
    })
  }
  return { ...(await snapshot.describe()), tables: copied }
}
