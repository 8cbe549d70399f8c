import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, preValidationHookHandler } from 'fastify'
import type { Locale, Localized } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest } from '../routes.ts'
import { forbiddenPlaceIn } from './forbidden-json.ts'

/** Makes JSON the only accepted body, and leaves the body of an upload to `withUpload`. A module that takes another content type adds its parser in a scope of its own. */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('multipart/form-data', (request, _payload, done) => {
    if (request.facts.upload === undefined) done(new Problem(415, 'unsupported-media-type'))
    else done(null, undefined)
  })
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    request.rawBody = bytes
    try {
      done(null, bytes.length === 0 ? emptyBody(request) : expectedBody(request, parseJson(bytes, request.locale)))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Some clients name a content type and send no body. That is allowed where the route expects none. */
function emptyBody(request: AnyRequest): undefined {
  const { schema, config } = request.routeOptions
  if (request.method !== 'DELETE' && schema?.body && !config.bodyOptional) throw new Problem(400, 'empty-body')
  return undefined
}

/** A route without a schema of its body takes none. An ignored field would be a mistake that no answer shows. */
function expectedBody({ routeOptions, is404 }: AnyRequest, body: unknown): unknown {
  if (routeOptions.config?.upload !== undefined) throw new Problem(415, 'unsupported-media-type')
  const isExpected = is404 || routeOptions.schema?.body !== undefined || isEmptyObject(body)
  if (!isExpected) throw new Problem(400, 'unexpected-body')
  return body
}

const isEmptyObject = (body: unknown) =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0

/** Replaces an absent body by `{}` where the body is optional, so that the schema checks it. */
export const fillBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body === undefined) request.body = {}
  done()
}

function parseJson(bytes: Buffer, locale: Locale): unknown {
  if (!isUtf8(bytes)) throw new Problem(400, 'malformed-body')
  const value = parse(bytes.toString('utf8'))
  const pointer = forbiddenPlaceIn(value)
  if (pointer === undefined) return value
  throw new Problem(400, 'validation-failed').with({
    errors: [{ pointer: `/body${pointer}`, detail: forbidden[locale] }],
  })
}

const forbidden: Localized = {
  en: 'has a name, a character or a depth that is not allowed',
  ru: 'недопустимое имя, недопустимый символ или слишком большая вложенность',
}

function parse(text: string): unknown {
  try {
    // RFC 8259 §8.1: a byte order mark may be ignored.
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    throw new Problem(400, 'malformed-body')
  }
}
