import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import type { Jwk } from '../tokens/keys.ts'

const Keys = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.String(),
      crv: Type.String(),
      x: Type.String(),
      kid: Type.String(),
      alg: Type.String(),
      use: Type.String(),
    }),
  ),
})

/** Public keys of access tokens (RFC 7517); none while they are signed with a shared secret. */
export const showKeysRoute =
  (keys: readonly Jwk[]): Routes =>
  (http) => {
    const schema = { tags: ['identity'], summary: 'Public keys of access tokens', response: { 200: Keys } }
    http.get('/.well-known/jwks.json', { schema, config: { access: 'anyone' } }, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send({ keys: [...keys] }),
    )
  }
