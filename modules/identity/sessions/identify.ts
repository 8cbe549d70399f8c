import type { Claims, Standing } from '../claims.ts'
import type { Standings } from './standings.ts'
import type { AccessTokens } from '../tokens/access-tokens.ts'

type Needs = Readonly<{ tokens: AccessTokens; standings: Standings }>

/** A good access token of a living session: what it says, and what its bearer may do now. */
type Identified = Readonly<{ claims: Claims; standing: Standing }>
export type Identify = (token: string) => Promise<Identified | undefined>

export const identify =
  ({ tokens, standings }: Needs): Identify =>
  async (token) => {
    const claims = tokens.verify(token)
    const standing = claims && (await standings.of(claims.sid, claims.sub))
    return standing && { claims, standing }
  }
