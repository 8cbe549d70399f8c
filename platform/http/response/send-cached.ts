import type { AnyReply, AnyRequest } from '../routes.ts'

/** JSON bytes that were serialized once, and their entity tag with its quotes. */
export type Prepared = Readonly<{ body: string | Buffer; etag: string }>

/** Sends prepared JSON with its ETag, or 304 when the caller has it. By default the caller must revalidate each time. */
export function sendCached(request: AnyRequest, reply: AnyReply, { body, etag }: Prepared): never {
  reply.header('etag', etag)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache')
  const known = request.headers['if-none-match']
  if (known !== undefined && matches(known, etag)) return reply.code(304).send() as never
  return reply.header('content-type', 'application/json; charset=utf-8').send(body) as never
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2). */
function matches(known: string, etag: string): boolean {
  if (known === etag || known === '*') return true
  const strong = etag.replace(/^W\//, '')
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === strong)
}
