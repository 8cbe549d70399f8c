import type { Refused } from '#platform/outcome'
import type { VerifyToken } from '../auth/verify-token.ts'
import { validTokenViewOf } from '../claims.ts'
import type { ValidTokenView } from '../schema.ts'

type Needs = Readonly<{ verifyToken: VerifyToken }>
export type ValidateTokenOutcome = Readonly<{ kind: 'found'; token: ValidTokenView }> | Refused<'unauthorized'>
export type ValidateToken = (token: string | undefined) => Promise<ValidateTokenOutcome>

/** Finds the user and the session of an access token, so that other services need not share our secret. */
export const validateToken =
  ({ verifyToken }: Needs): ValidateToken =>
  async (token) => {
    const verified = token === undefined ? undefined : await verifyToken(token)
    if (!verified) return { kind: 'refused', reason: 'unauthorized' }
    return { kind: 'found', token: validTokenViewOf(verified.claims, verified.status) }
  }
