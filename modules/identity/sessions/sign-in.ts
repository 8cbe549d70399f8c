import { Type } from 'typebox'
import type { Kysely } from 'kysely'
import { signedInExample } from '../examples.ts'
import { permissionsOf } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'
import type { AccessTokens } from '../tokens/access-tokens.ts'
import { UserView, viewOf, type User } from '../user.ts'
import type { OpenedSession } from './open-session.ts'
import { grantedTo } from './standings.ts'

type Pair = Readonly<{ access_token: string; refresh_token: string; expires_in: number }>
export type SignedIn = Readonly<{ kind: 'signed-in'; user: User }> & Pair

/** Makes the pair of tokens for an open session. */
export type SignIn = (user: User, session: OpenedSession) => Promise<SignedIn>

export const signIn =
  ({ db, tokens }: { db: Kysely<IdentityTables>; tokens: AccessTokens }): SignIn =>
  async (user, session) => {
    const permissions = permissionsOf(user.role, await grantedTo(db, user.role))
    const issued = tokens.issueCommand({ user, permissions, session })
    return { kind: 'signed-in', user, refresh_token: session.refresh_token, ...issued }
  }

export const PairView = Type.Object({
  access_token: Type.String({ description: 'A JWT for `Authorization: Bearer`' }),
  refresh_token: Type.String({ description: 'Good for one use at POST /auth/refresh' }),
  expires_in: Type.Integer({ description: 'Seconds the access token lives' }),
})
export const SignedInView = Type.Object({ user: UserView, ...PairView.properties }, { examples: [signedInExample] })

export const signedInView = ({ user, access_token, refresh_token, expires_in }: SignedIn) => ({
  user: viewOf(user),
  access_token,
  refresh_token,
  expires_in,
})
