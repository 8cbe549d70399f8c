import type { AnyReply, AnyRequest } from '../routes.ts'

/** Content that was made once, and its entity tag with its quotes. */
export type Prepared = Readonly<{ body: string | Buffer; etag: string; /** JSON when absent. */ type?: string }>

const json = 'application/json; charset=utf-8'

/** Sends prepared content with its ETag, or 304 when the caller has it. By default the caller must revalidate each time. */
export function sendCached(request: AnyRequest, reply: AnyReply, { body, etag, type = json }: Prepared): never {
  reply.header('etag', etag)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache')
  const known = request.headers['if-none-match']
  if (known !== undefined && matches(known, etag)) return reply.code(304).send() as never
  return reply.header('content-type', type).send(body) as never
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2). */
function matches(known: string, etag: string): boolean {
  if (known === etag || known === '*') return true
  const strong = etag.replace(/^W\//, '')
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === strong)
}
