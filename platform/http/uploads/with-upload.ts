import { createHash, randomUUID, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest } from '../routes.ts'

/** The file of a request, in a temporary place. */
type UploadedFile = Readonly<{ path: string; byte_size: number; sha256: Buffer }>

const field = 'file'

/**
 * Receives the one file of a `multipart/form-data` body in the field `file`, and passes it to `use`; afterwards the file is
 * deleted. The bytes go to the disk as they arrive, never more than the route's `config.upload`. Throws a `Problem` when the
 * body has no file, several, another field, or more bytes.
 */
export async function withUpload<Result>(
  request: AnyRequest,
  use: (file: UploadedFile) => Promise<Result>,
): Promise<Result> {
  const limit = request.facts.upload
  if (limit === undefined) throw new Error(`${request.facts.pattern} takes no upload: set config.upload`)
  const path = join(tmpdir(), `posad-upload-${randomUUID()}`)
  try {
    return await use({ path, ...(await receive(request, { limit, path })) })
  } finally {
    await rm(path, { force: true })
  }
}

type Place = Readonly<{ limit: number; path: string }>

async function receive({ raw, headers }: AnyRequest, { limit, path }: Place): Promise<Omit<UploadedFile, 'path'>> {
  const length = Number(headers['content-length'] ?? 0)
  if (length === 0 && headers['transfer-encoding'] === undefined) throw new Problem(400, 'empty-body')
  const contentType = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\b/i.test(contentType)) throw new Problem(415, 'unsupported-media-type')
  const hash = createHash('sha256')
  const parser = openParser(contentType, limit)
  const saving: Promise<number>[] = []
  let wrongField: string | undefined
  const reject = (name: string) => void (wrongField ??= name)
  parser.on('file', (name, stream) => {
    if (name === field && saving.length === 0) return void saving.push(save(stream, path, hash))
    reject(name)
    stream.resume()
  })
  parser.on('field', reject)
  for (const event of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) parser.on(event, () => reject(field))
  try {
    await pipeline(raw as Readable, parser)
  } catch (error) {
    await Promise.allSettled(saving)
    // The client cut the connection, or the parts of the body are malformed.
    throw isCut(error) ? error : new Problem(400, 'malformed-multipart')
  }
  const [byte_size] = await Promise.all(saving)
  if (wrongField !== undefined || byte_size === undefined) throw wrongFields(wrongField)
  if (byte_size > limit) throw new Problem(413, 'body-too-large')
  return { byte_size, sha256: hash.digest() }
}

/** The client has ended the connection before the body. */
const isCut = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')

function openParser(contentType: string, limit: number): BusboyInstance {
  try {
    // A file of `limit` bytes is complete; the parser reports no difference between that and a cut one, so take one more.
    const limits = { fileSize: limit + 1, files: 1, fields: 1, fieldSize: 1024, parts: 2, headerPairs: 20 }
    return new Busboy({ headers: { 'content-type': contentType }, limits })
  } catch {
    throw new Problem(400, 'malformed-multipart')
  }
}

async function save(stream: BusboyFileStream, path: string, hash: Hash): Promise<number> {
  stream.on('data', (chunk: Buffer) => hash.update(chunk))
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  await pipeline(stream, file)
  return file.bytesWritten
}

function wrongFields(name: string | undefined): Problem {
  const detail =
    name === undefined || name === field ? 'expected exactly one file' : 'unknown field: only "file" is expected'
  const pointer = `/body/${name === undefined ? field : name.slice(0, 100).replaceAll(/[^\w-]/g, '_')}`
  return new Problem(400, 'validation-failed').with({ errors: [{ pointer, detail }] })
}
