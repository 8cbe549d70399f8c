import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Writes a file that appears whole or not at all; a failure keeps the file of before. A pipe or a device gets the text itself. */
export async function writeFile(path: string, source: Readable, format: Transform): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (found && !found.isFile()) return await pipeline(source, format, createWriteStream(path))
  const target = found ? await realpath(path) : path
  const draft = `${target}.${randomBytes(4).toString('hex')}.part`
  try {
    const options = { flags: 'wx', flush: true, ...(found && { mode: found.mode & 0o777 }) }
    await pipeline(source, format, createWriteStream(draft, options))
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw isOfDraft(error, draft) ? Object.assign(error as Error, { path }) : error
  }
}

/** An error of the draft names the draft, or no file at all when the disk is full. */
function isOfDraft(error: unknown, draft: string): boolean {
  const { path, syscall = '' } = error as NodeJS.ErrnoException
  return path === draft || (path === undefined && ['write', 'fsync', 'close'].includes(syscall))
}
