import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'

/**
 * The content of a file, which is opened when it is first read. An error to open it then reaches the reader: a stream that is
 * opened before has no listener for its error while its reader prepares, and the error would end the process.
 */
export const contentOf = (path: string, options: Readonly<{ signal?: AbortSignal }> = {}): Readable =>
  Readable.from(read(path, options), { objectMode: false })

async function* read(path: string, options: Readonly<{ signal?: AbortSignal }>): AsyncGenerator<Buffer> {
  yield* createReadStream(path, options) as AsyncIterable<Buffer>
}
