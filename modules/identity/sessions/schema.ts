import { Type } from 'typebox'
import { Closed, Id, type Shape, Text, Time, named } from '#platform/schema'
import { logInExample } from '../examples.ts'
import { Password } from '../schema.ts'

export const LogInBody = named(
  'LogIn',
  Closed(
    {
      // A malformed e-mail gets the same answer as an unknown one, so the schema does not say `format: 'email'`.
      email: Text(254, { minLength: 1 }),
      password: Password,
    },
    { examples: [logInExample] },
  ),
)

export const RefreshSessionBody = named(
  'RefreshSession',
  Closed({ refresh_token: Type.String({ minLength: 1, maxLength: 200 }) }),
)

export const ValidateTokenBody = named(
  'ValidateToken',
  Closed({ token: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })) }),
)

export const SessionView = named(
  'Session',
  Type.Object({
    id: Id,
    device: Type.String({ description: 'The User-Agent of the sign-in' }),
    ip: Type.String(),
    is_current: Type.Boolean({ description: 'The session of this request' }),
    created_at: Time,
    used_at: Time,
    expires_at: Time,
  }),
)
export type SessionView = Shape<typeof SessionView>

/** RFC 7517, and RFC 8037 for the members of a key. */
export const JsonWebKeySetView = named(
  'JsonWebKeySet',
  Type.Object({
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
  }),
)
