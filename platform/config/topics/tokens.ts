import { join } from 'node:path'
import { ConfigError } from '../config-error.ts'
import { ed25519PrivateKey, ed25519PublicKeys, integer, text } from '../kinds.ts'
import { secret, optional, withDefault, type ValuesOf } from '../variable.ts'

export const tokens = {
  title: 'Tokens',
  variables: {
    JWT_SECRET: secret(text(32, 1000), 'Signs access tokens (HS256); without it one is made and kept in POSAD_DATA.', [
      'JWT_SECRET_KEY',
    ]),
    JWT_PRIVATE_KEY: secret(
      ed25519PrivateKey,
      'Ed25519 key in PEM that signs access tokens (EdDSA, with JWKS) in place of JWT_SECRET.',
    ),
    JWT_PREVIOUS_PUBLIC_KEYS: optional(
      ed25519PublicKeys,
      'Public keys in PEM of earlier private keys, still accepted.',
    ),
    ACCESS_TOKEN_TTL_SECONDS: withDefault(integer(30, 604_800), '900', 'Life of an access token.'),
    REFRESH_TOKEN_TTL_SECONDS: withDefault(
      integer(60, 31_536_000),
      '1209600',
      'Life of a login, however often it is refreshed.',
    ),
    REFRESH_GRACE_SECONDS: withDefault(
      integer(0, 300),
      '10',
      'A refresh repeated within this time gets the same answer (its first one was lost).',
    ),
    ADMIN_API_TOKEN: secret(text(16), 'Bearer token of a machine that counts as an admin; without it there is none.'),
    INTERNAL_BOT_TOKEN: secret(text(16), 'Bearer token of machines on /api/v1/internal; without it there is none.'),
  },
}

/** What signs access tokens. `kept-secret`: `keptSecret(file)` reads it, or makes it on the first start. */
type Signing =
  | Readonly<{ kind: 'secret'; secret: string }>
  | Readonly<{ kind: 'persisted-secret'; file: string }>
  | Readonly<{ kind: 'ed25519'; privateKey: string; previousPublicKeys: readonly string[] }>

/** Times are milliseconds. */
export function tokensOf(values: ValuesOf<typeof tokens.variables>, directory: string) {
  return {
    signing: signingOf(values, directory),
    accessTtl: values.ACCESS_TOKEN_TTL_SECONDS * 1000,
    refreshTtl: values.REFRESH_TOKEN_TTL_SECONDS * 1000,
    refreshGrace: values.REFRESH_GRACE_SECONDS * 1000,
    adminToken: values.ADMIN_API_TOKEN,
    internalToken: values.INTERNAL_BOT_TOKEN,
  }
}

function signingOf(values: ValuesOf<typeof tokens.variables>, directory: string): Signing {
  const { JWT_SECRET, JWT_PRIVATE_KEY, JWT_PREVIOUS_PUBLIC_KEYS } = values
  if (JWT_SECRET && JWT_PRIVATE_KEY) {
    throw new ConfigError('JWT_SECRET and JWT_PRIVATE_KEY are both set: tokens are signed with one of them')
  }
  if (JWT_PRIVATE_KEY) {
    return { kind: 'ed25519', privateKey: JWT_PRIVATE_KEY, previousPublicKeys: JWT_PREVIOUS_PUBLIC_KEYS ?? [] }
  }
  if (JWT_PREVIOUS_PUBLIC_KEYS) throw new ConfigError('JWT_PREVIOUS_PUBLIC_KEYS is set without JWT_PRIVATE_KEY')
  return JWT_SECRET
    ? { kind: 'secret', secret: JWT_SECRET }
    : { kind: 'persisted-secret', file: join(directory, 'jwt-secret') }
}
