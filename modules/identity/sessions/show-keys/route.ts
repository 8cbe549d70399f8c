import type { Routes } from '#platform/http'
import type { Jwk } from '../../auth/signing-keys.ts'
import { JsonWebKeySetView } from '../schema.ts'

/** The public keys of access tokens (RFC 7517); none when they are signed with a shared secret. */
export const showKeysRoute =
  ({ publicKeys }: Readonly<{ publicKeys: readonly Jwk[] }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Show the public keys of access tokens',
      response: { 200: JsonWebKeySetView },
    }
    http.get('/.well-known/jwks.json', { schema, config: { access: 'anyone' } }, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send({ keys: [...publicKeys] }),
    )
  }
