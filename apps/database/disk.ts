import { statfs } from 'node:fs/promises'
import type { App } from '../app.ts'

/** Below this many free bytes the embedded PostgreSQL may not write its log any more, and then stops. */
const least = 200_000_000

type Reader = (directory: string) => Promise<Readonly<{ bavail: number; bsize: number }>>

/** Rejects when the disk of a directory is nearly full: reads go on, and every order would fail soon. */
export async function probeDisk(directory: string, read: Reader = statfs): Promise<void> {
  const { bavail, bsize } = await read(directory)
  const free = bavail * bsize
  if (free < least) throw new Error(`${directory} has ${Math.round(free / 1_000_000)} MB left`)
}

/** Rejects when files cannot be stored, or the disk of the embedded database is nearly full. */
export async function probeStorage({ config, files }: Pick<App, 'config' | 'files'>): Promise<void> {
  await files.storage.probe()
  if (config.database.kind === 'embedded') await probeDisk(config.app.directory)
}
