import type { TokenUse } from '#platform/access'
import type { ValidToken } from '../claims.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { StatusCache } from './status-cache.ts'

type Needs = Readonly<{ accessTokens: AccessTokens; statusCache: StatusCache }>

/** Verifies an access token whose session has not ended; undefined for all others. */
export type VerifyToken = (token: string, use?: TokenUse) => Promise<ValidToken | undefined>

export const verifyToken =
  ({ accessTokens, statusCache }: Needs): VerifyToken =>
  async (token, use) => {
    const claims = accessTokens.verify(token)
    const status = claims && (await statusCache.find(claims.sid, claims.sub, use))
    return status && { claims, status }
  }
