import { Compile } from 'typebox/compile'
import { rolesOf, userCallerOf, type AccountStatus, type UserCaller } from './caller.ts'
import { Claims, type ValidTokenView } from './schema.ts'
import type { User } from './user.ts'

const claimsCheck = Compile(Claims)

/** True when a signed payload has the claims of an access token. */
export const areClaims = (payload: unknown): payload is Claims => claimsCheck.Check(payload)

type Issue = Readonly<{ sid: string; iat: Date; exp: Date; jti: string; iss: string; aud: string }>

const inSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1000)

/** The claims of a new access token. */
export function claimsOf(user: User, permissions: readonly string[], { iat, exp, ...issue }: Issue): Claims {
  const { id, email, role, is_superadmin, locale } = user
  return {
    sub: id,
    user_id: id,
    ...(email !== null && { email }),
    role,
    roles: rolesOf(user),
    permissions: [...permissions],
    is_superadmin,
    locale,
    ...issue,
    iat: inSeconds(iat),
    exp: inSeconds(exp),
  }
}

/** The claims of a token, and the present rights of its user. */
export type ValidToken = Readonly<{ claims: Claims; status: AccountStatus }>

/** Shows a valid token to another service. The rights are those of `status`, because those of the claims may be old. */
export function validTokenViewOf({ claims, status }: ValidToken): ValidTokenView {
  const { sub, user_id, email, sid, exp } = claims
  const { role, permissions, is_superadmin, locale, is_verified } = status
  return {
    sub,
    user_id,
    ...(email !== undefined && { email }),
    role,
    roles: rolesOf(status),
    permissions: [...permissions],
    is_superadmin,
    locale,
    is_verified,
    sid,
    exp,
  }
}

/** The caller that the auth service named, and the moment its token expires. */
export type RemoteCaller = Readonly<{ caller: UserCaller; expires_at: Date }>

type RemoteToken = Parameters<typeof userCallerOf>[0] & Parameters<typeof userCallerOf>[1] & Pick<ValidTokenView, 'exp'>

/** Reads a token that the auth service found valid. */
export const remoteCallerOf = (valid: RemoteToken): RemoteCaller => ({
  caller: userCallerOf(valid, valid),
  expires_at: new Date(valid.exp * 1000),
})
