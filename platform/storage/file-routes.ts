import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { answer, refuse, type AnyReply, type AnyRequest, type Http, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import type { Clock } from '#platform/values'
import { rangeOf } from './byte-range.ts'
import { isGranted } from './local-link.ts'
import { isPublic, isStorageKey, typeOfKey } from './storage-key.ts'
import type { Storage } from './storage.ts'

type Needs = Readonly<{
  storage: Storage
  now: Clock
  /** Checks signed links. Without it private files and PUTs are not found: the links of S3 lead to its own server. */
  secret?: string
}>

const Params = Type.Object({ '*': Type.String({ maxLength: 300 }) })
const Query = Type.Object({
  expires: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000_000 })),
  signature: Type.Optional(Type.String({ maxLength: 100 })),
})
type Link = Readonly<{ expires?: number; size?: number; signature?: string }>

const answers = {
  'wrong-size': answer(
    400,
    'The size of the file differs from the one in the link.',
    'Размер файла отличается от указанного в ссылке.',
  ),
}

const missing = notFound('file')

/** Serves the files of a storage at `/media/<key>`, and takes the files of presigned PUTs. */
export const fileRoutes =
  ({ storage, now, secret }: Needs): Routes =>
  (http) => {
    const mayUse = (method: 'GET' | 'PUT', key: string, { expires, size, signature }: Link) =>
      isStorageKey(key) &&
      secret !== undefined &&
      expires !== undefined &&
      signature !== undefined &&
      isGranted(secret, { method, key, expires, size }, { signature, now: now() })

    const reading = { schema: { hide: true, params: Params, querystring: Query }, config: reads }
    http.get('/media/*', reading, async (request, reply) => {
      const key = request.params['*']
      const isOpen = isStorageKey(key) && isPublic(key)
      if (!isOpen && !mayUse('GET', key, request.query)) return refuse(reply, missing)
      return await sendFile({ storage, key, isOpen }, request, reply)
    })

    http.register(async (scope: Http) => {
      // The body goes to the storage as it arrives.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
      const writing = { schema: { ...reading.schema, body: NoBody }, config: writes }
      scope.put('/media/*', writing, async (request, reply) => {
        const key = request.params['*']
        if (!mayUse('PUT', key, request.query)) return refuse(reply, missing)
        const byte_size = Number(request.headers['content-length'] ?? Number.NaN)
        const isAllowed = request.query.size === undefined ? byte_size <= greatest : byte_size === request.query.size
        const body = request.body as Readable | undefined
        if (!isAllowed || !body) return refuse(reply, { kind: 'refused', reason: 'wrong-size' }, answers)
        await storage.put(key, { body, byte_size })
        return reply.code(200).send()
      })
    })
  }

/** Bytes of a file that comes by a link without a size. */
const greatest = 100 * 1024 * 1024

const reads = { access: 'anyone', limit: 'files' } as const
const writes = { access: 'anyone', limit: 'files' } as const

type SentFile = Readonly<{ storage: Storage; key: string; isOpen: boolean }>

/** A file never changes under its key, so its entity tag is made of the key. */
async function sendFile({ storage, key, isOpen }: SentFile, request: AnyRequest, reply: AnyReply): Promise<never> {
  const etag = `"${createHash('sha256').update(key).digest('base64url').slice(0, 22)}"`
  reply.headers({
    etag,
    'cache-control': isOpen ? 'public, max-age=31536000, immutable' : 'private, max-age=300',
    'accept-ranges': 'bytes',
    'content-type': typeOfKey(key),
    // Pages of other origins, such as the administration, show the images.
    ...(isOpen && { 'cross-origin-resource-policy': 'cross-origin' }),
  })
  if (request.headers['if-none-match'] === etag) return reply.code(304).send() as never
  const hasOldPart = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag
  const range = hasOldPart ? undefined : rangeOf(request.headers.range)
  const found = await storage.get(key, range)
  if (found.kind === 'not-found') {
    for (const name of ['etag', 'content-type', 'accept-ranges']) reply.removeHeader(name)
    return refuse(reply.header('cache-control', 'no-store'), missing)
  }
  if (found.kind === 'range-not-satisfiable')
    return reply.code(416).header('content-range', `bytes */${found.byte_size}`).send() as never
  const { body, byte_size, first, last } = found
  if (range) reply.code(206).header('content-range', `bytes ${first}-${last}/${byte_size}`)
  return reply.header('content-length', last - first + 1).send(body) as never
}
