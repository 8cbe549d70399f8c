import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { type AnyReply, type AnyRequest, sendCached } from '#platform/http'

type Text = Readonly<{ body: string; etag: string; type: string }>

const compressions = {
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (text: string) => promisify(gzip)(text),
} as const
type Coding = keyof typeof compressions

/** Compressed texts by entity tag, in bytes: compressing takes longer than rendering. */
const compressed = new LRUCache<string, Buffer>({
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: (body) => Math.max(body.length, 1),
})

/** The compression that a client accepts and that is the smallest. */
export function codingOf({ headers }: AnyRequest): Coding | undefined {
  const accepted = headers['accept-encoding'] ?? ''
  return /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined
}

/** Each compression of a content has an entity tag of its own. */
export const codedTag = (etag: string, coding: Coding): string => `${etag.slice(0, -1)}-${coding}"`

export const etagOf = (content: string | Buffer): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`

/** Sends a text that was made once, compressed as the client accepts it, or 304. */
export async function sendCompressed(
  request: AnyRequest,
  reply: AnyReply,
  { body, etag, type }: Text,
): Promise<AnyReply> {
  const coding = codingOf(request)
  reply.header('vary', 'accept-encoding')
  if (coding === undefined) return sendCached(request, reply, { body, etag, type })
  const key = codedTag(etag, coding)
  const coded = compressed.get(key) ?? (await compressions[coding](body))
  compressed.set(key, coded)
  reply.header('content-encoding', coding)
  return sendCached(request, reply, { body: coded, etag: key, type })
}
