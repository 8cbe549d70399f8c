import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, rmdir, writeFile as writeText } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
 * yet taken are published again after the restore. A failure leaves nothing in the directory, so that a repeat works.
 */
export async function writeBackup(needs: Needs): Promise<Manifest> {
  const { directory } = needs
  const isNew = await claimEmpty(directory)
  try {
    return await writeInto(needs)
  } catch (error) {
    await clear(directory, isNew).catch(() => {}) // the next backup refuses the directory, and says that it is unfinished
    throw withPlace(error, directory)
  }
}

async function writeInto({ databases, pause, listFiles, directory, version, onProgress }: Needs): Promise<Manifest> {
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
    const draft = join(directory, draftFile)
    await writeText(draft, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(draft, join(directory, manifestFile))
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

/** A backup without its manifest has this file. */
const draftFile = `${manifestFile}.part`

/** Takes an empty directory for this backup alone; true when it was made. Its parent may be a disk that is not mounted. */
async function claimEmpty(directory: string): Promise<boolean> {
  const isNew = !existsSync(directory)
  if (isNew && !existsSync(dirname(directory)))
    throw new BackupRefused(`There is no directory ${dirname(directory)}: mount its disk, or make it, and try again`)
  if (isNew) await mkdir(directory, { mode: 0o700 })
  const refuse = () => {
    throw new BackupRefused(
      existsSync(join(directory, draftFile))
        ? `${directory} has an unfinished backup: wait for its end, or delete the directory if none is running`
        : `${directory} is not empty: name a new directory for the backup`,
    )
  }
  if ((await readdir(directory)).length > 0) refuse()
  await writeText(join(directory, draftFile), '', { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') refuse()
    throw error
  })
  return isNew
}

/** Deletes what this backup has written, and its directory if it made it. The claim goes last. */
async function clear(directory: string, isNew: boolean): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name !== draftFile)
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true })
  await rm(join(directory, draftFile), { force: true })
  if (isNew) await rmdir(directory)
}

/** A write to a full disk fails without the name of the file. */
function withPlace(error: unknown, directory: string): unknown {
  const { path, syscall = '' } = error as NodeJS.ErrnoException
  return path === undefined && ['write', 'fsync', 'close'].includes(syscall)
    ? Object.assign(error as Error, { path: directory })
    : error
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
