import { statfs } from 'node:fs/promises'

/** Below this many free bytes the embedded PostgreSQL may not write its log any more, and then stops. */
const least = 200_000_000

type Reader = (directory: string) => Promise<Readonly<{ bavail: number; bsize: number }>>

/** Rejects when the disk of a directory is nearly full: reads go on, and every order would fail soon. */
export async function probeDisk(directory: string, read: Reader = statfs): Promise<void> {
  const { bavail, bsize } = await read(directory)
  const free = bavail * bsize
  if (free < least) throw new Error(`${directory} has ${Math.round(free / 1_000_000)} MB left`)
}
