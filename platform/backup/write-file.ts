import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileManifest } from './manifest.ts'

/** Writes a file of a backup to the disk, readable for its owner only, and returns its size and its checksum. */
export async function writeFile(
  directory: string,
  path: string,
  source: readonly [Readable, ...Transform[]],
): Promise<FileManifest> {
  const target = join(directory, path)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  let bytes = 0
  const measured = measuring(hash, (length) => (bytes += length))
  await pipeline([...source, measured, createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true })])
  return { path, bytes, sha256: hash.digest('hex') }
}

/** The checksum of a file. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const measuring = (hash: Hash, count: (length: number) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      count(chunk.length)
      done(null, chunk)
    },
  })
