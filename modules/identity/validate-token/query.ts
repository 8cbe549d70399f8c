import type { Refused } from '#platform/outcome'
import type { VerifyToken } from '../auth/verify-token.ts'
import type { ValidToken } from '../claims.ts'

type Needs = Readonly<{ verifyToken: VerifyToken }>
type FoundToken = Readonly<{ kind: 'found' }> & ValidToken
export type ValidateTokenOutcome = FoundToken | Refused<'unauthorized'>
export type ValidateToken = (token: string | undefined) => Promise<ValidateTokenOutcome>

/** Finds the user and the session of an access token, so that other services need not share our secret. */
export const validateToken =
  ({ verifyToken }: Needs): ValidateToken =>
  async (token) => {
    const verified = token === undefined ? undefined : await verifyToken(token)
    if (!verified) return { kind: 'refused', reason: 'unauthorized' }
    return { kind: 'found', ...verified }
  }
