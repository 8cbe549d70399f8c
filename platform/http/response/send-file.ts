import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { sendCached, type Prepared } from './send-cached.ts'

/** A file that the server reads once. */
export type StaticFile = Readonly<{ url: URL; type: string }>

/**
 * Returns a handler that sends `file` from one buffer, which all responses share: a thousand readers of a large file cost
 * no memory of their own.
 */
export function sendFile({ url, type }: StaticFile): (request: AnyRequest, reply: AnyReply) => Promise<never> {
  let prepared: Promise<Prepared> | undefined
  return async (request, reply) => {
    prepared ??= readFile(url).then((body) => preparedOf(body, type))
    const content = await prepared
    reply.header('cache-control', 'public, max-age=86400')
    return sendCached(request, reply, content)
  }
}

/** Bytes with the entity tag that their content determines. */
export const preparedOf = (body: Buffer, type?: string): Prepared => ({
  body,
  ...(type !== undefined && { type }),
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
})
