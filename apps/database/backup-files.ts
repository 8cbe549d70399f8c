import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { BackupRefused } from '#platform/backup'
import type { Config } from '../config/config.ts'

/** The folder of a backup for what POSAD_DATA holds beside the database. */
const folder = 'data'
const isSecret = /^data\/[\w-]+-secret$/

/** Generated secrets and, without a bucket, the uploaded files: their paths in a backup and in POSAD_DATA. */
export async function backupFilesOf({ app: { directory }, storage }: Config): Promise<ReadonlyMap<string, string>> {
  const names = await namesIn(directory)
  const secrets = names.filter((name) => name.endsWith('-secret')).map((name) => join(directory, name))
  const files = storage.place.kind === 's3' ? [] : await filesUnder(join(directory, 'files'))
  return new Map([...secrets, ...files].map((path) => [`${folder}/${relative(directory, path)}`, path]))
}

/**
 * Where a file of a backup belongs. Throws BackupRefused for a path that no backup has: everybody who can write to the directory of
 * a backup could otherwise give the program a file of settings or of code.
 */
export function placeOf({ app: { directory } }: Config, path: string): string {
  if (!isSecret.test(path) && !path.startsWith(`${folder}/files/`))
    throw new BackupRefused(`the backup has a file that no shop has (${JSON.stringify(path)}): nothing was restored`)
  return join(directory, relative(folder, path))
}

async function filesUnder(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(nothing)
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !relative(directory, path).startsWith('incoming'))
}

const namesIn = async (directory: string): Promise<readonly string[]> => await readdir(directory).catch(nothing)

function nothing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return []
  throw error
}
