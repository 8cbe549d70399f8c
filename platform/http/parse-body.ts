import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, preValidationHookHandler } from 'fastify'
import { Problem } from './problem.ts'
import type { AnyRequest } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes of a JSON body, for signatures over them. */
    rawBody: Buffer | undefined
  }
}

/** Bodies are JSON and nothing else; a module that takes other things adds its parser in a scope of its own. */
export function takeJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    request.rawBody = bytes
    try {
      done(null, bytes.length === 0 ? emptyBody(request) : parseJson(bytes))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Some clients name a content type and send nothing: fine where nothing is expected. */
function emptyBody(request: AnyRequest): undefined {
  const { schema, config } = request.routeOptions
  if (request.method !== 'DELETE' && schema?.body && !config.bodyOptional) throw new Problem(400, 'empty-body')
  return undefined
}

/** Where nothing has to be sent, nothing is `{}`: the schema then judges that. */
export const fillBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body === undefined) request.body = {}
  done()
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Problem(400, 'malformed-body')
  const value = parsed(bytes.toString('utf8'))
  const pointer = unfitAt(value, 0)
  if (pointer === undefined) return value
  throw new Problem(400, 'validation-failed').with({
    errors: [{ pointer: `/body${pointer}`, detail: 'has a name, a character or a depth that is not allowed' }],
  })
}

function parsed(text: string): unknown {
  try {
    // RFC 8259 §8.1: a byte order mark may be ignored.
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    throw new Problem(400, 'malformed-body')
  }
}

/** Deeper than any schema of ours; PostgreSQL gives up on jsonb much later. */
const deepest = 32

/**
 * The place of the first thing that must not come in: names that reach for prototypes, NUL characters and halves of
 * surrogate pairs (PostgreSQL refuses both in text or jsonb, which would be a 500), too deep nesting.
 */
function unfitAt(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : ''
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= deepest) return ''
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const inside = unfitAt(value[index], depth + 1)
      if (inside !== undefined) return `/${index}${inside}`
    }
    return undefined
  }
  const fields = value as Record<string, unknown>
  for (const name of Object.keys(fields)) {
    if (name === '__proto__' || !isStorable(name)) return `/${pointerPart(name)}`
    const inside = fields[name]
    if (name === 'constructor' && typeof inside === 'object' && inside !== null && Object.hasOwn(inside, 'prototype')) {
      return '/constructor/prototype'
    }
    const within = unfitAt(inside, depth + 1)
    if (within !== undefined) return `/${pointerPart(name)}${within}`
  }
  return undefined
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

const pointerPart = (name: string) =>
  name.toWellFormed().replaceAll('\0', '').slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
