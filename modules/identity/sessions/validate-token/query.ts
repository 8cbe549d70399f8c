import { isRefusal, type Refused } from '#platform/outcome'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { VerifyToken } from '../../auth/verify-token.ts'
import type { ValidToken } from '../../claims.ts'

type Needs = Readonly<{ verifyToken: VerifyToken; limits: LoginLimits }>
type FoundToken = Readonly<{ kind: 'found' }> & ValidToken
export type ValidateTokenOutcome = FoundToken | Refused<'unauthorized'> | TooManyAttempts
export type ValidateToken = (token: string | undefined, address: string) => Promise<ValidateTokenOutcome>

/**
 * Finds the user and the session of an access token, so that other services need not share our secret. A service validates
 * the tokens of all its callers from one address, so only tokens that are not valid count.
 */
export const validateToken =
  ({ verifyToken, limits }: Needs): ValidateToken =>
  async (token, address) => {
    const verified = token === undefined ? undefined : await verifyToken(token)
    if (verified) return { kind: 'found', ...verified }
    const attempt = limits.takeInvalidToken(address)
    return isRefusal(attempt) ? attempt : { kind: 'refused', reason: 'unauthorized' }
  }
