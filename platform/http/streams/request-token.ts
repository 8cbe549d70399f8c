import { Type, type Static } from 'typebox'
import { named } from '#platform/schema'
import type { AnyRequest } from '../routes.ts'
import { lifetime } from './stream-tokens.ts'

/** The query of a stream that takes a stream token: `querystring: streamTokenQuery` beside `config.streamToken`. */
export const streamTokenQuery = Type.Object({
  stream_token: Type.Optional(
    Type.String({ maxLength: 6000, description: 'Instead of `Authorization`, which an EventSource cannot send' }),
  ),
})

export const StreamTokenView = named(
  'StreamToken',
  Type.Object({
    stream_token: Type.String({ description: 'Opens this stream only, and only for its user' }),
    url: Type.String({ description: 'The path of the stream with the token' }),
    expires_in: Type.Integer({ description: 'Seconds in which the stream must be opened' }),
  }),
)
export type StreamTokenView = Static<typeof StreamTokenView>

/** A token with which the caller opens the stream at `path` without the header `Authorization`. */
export function streamTokenFor({ server, token }: AnyRequest, path: string): StreamTokenView {
  if (token === undefined) throw new Error(`The route has no token of its caller: set its access to 'user'`)
  const stream_token = server.streams.tokens.seal(token, path)
  return { stream_token, url: `${path}?stream_token=${stream_token}`, expires_in: lifetime / 1000 }
}

export const hasStreamToken = ({ query }: AnyRequest): boolean => Object.hasOwn(query as object, 'stream_token')

/** The access token that a request brings in the query, on a route with `config.streamToken`. */
export function tokenOfQuery({ server, query, url }: AnyRequest): string | undefined {
  const { stream_token } = (query ?? {}) as { stream_token?: unknown }
  if (typeof stream_token !== 'string') return undefined
  return server.streams.tokens.open(stream_token, url.split('?', 1)[0] ?? '')
}
