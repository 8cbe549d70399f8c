import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Caller } from '#platform/http'
import { locales, type Locale } from '#platform/values'
import type { Role } from './permissions.ts'
import type { User } from './user.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })

/** What an access token says. Times are seconds since 1970. */
export const Claims = Type.Object({
  sub: Id,
  user_id: Id,
  email: Type.Optional(Type.String()),
  role: Type.String(),
  roles: Type.Array(Type.String()),
  permissions: Type.Array(Type.String()),
  is_superadmin: Type.Boolean(),
  locale: Type.Enum([...locales]),
  /** The session: what logging out ends. */
  sid: Id,
  iat: Type.Integer({ minimum: 0 }),
  exp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  iss: Type.String(),
  aud: Type.String(),
  jti: Type.String(),
})
export type Claims = Static<typeof Claims>

const checked = Compile(Claims)

/** True when something signed by us has the shape of an access token. */
export const areClaims = (candidate: unknown): candidate is Claims => checked.Check(candidate)

/** What a session may do at this moment. */
export type Standing = Readonly<{ role: Role; permissions: readonly string[]; is_superadmin: boolean; locale: Locale }>

/** A superadmin has his own role besides. */
export const rolesOf = ({ role, is_superadmin }: Pick<Standing, 'role' | 'is_superadmin'>): string[] =>
  is_superadmin && role !== 'superadmin' ? [role, 'superadmin'] : [role]

type Occasion = Readonly<{ sid: string; iat: Date; exp: Date; jti: string; iss: string; aud: string }>

const inSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1000)

/** The claims of a new access token. */
export function claimsOf(user: User, permissions: readonly string[], { iat, exp, ...occasion }: Occasion): Claims {
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
    ...occasion,
    iat: inSeconds(iat),
    exp: inSeconds(exp),
  }
}

/** What `POST /auth/validate` answers. */
export const Decoded = Type.Object({
  ...Type.Pick(Claims, ['sub', 'user_id', 'email', 'role', 'roles', 'permissions', 'is_superadmin', 'locale', 'sid'])
    .properties,
  exp: Type.Integer({ minimum: 0, maximum: 100_000_000_000, description: 'Seconds since 1970' }),
})

const checkedAnswer = Compile(Decoded)

/** Who another service says somebody is, and until when. */
export type Recognised = Readonly<{ caller: Caller; expires_at: Date }>

/** Reads the answer of `POST /auth/validate`; undefined when it is no such answer. */
export function readDecoded(answer: unknown): Recognised | undefined {
  if (!checkedAnswer.Check(answer)) return undefined
  const { role, permissions, is_superadmin, locale, exp } = answer
  const standing = { role: role as Role, permissions, is_superadmin, locale }
  return { caller: callerOf(answer, standing), expires_at: new Date(exp * 1000) }
}

/** The caller behind a token: who he is by its claims, what he may do by his standing now. */
export const callerOf = (
  { sub, email, sid }: Pick<Claims, 'sub' | 'email' | 'sid'>,
  { role, permissions, locale }: Standing,
): Caller => ({
  kind: 'user',
  user_id: sub,
  ...(email !== undefined && { email }),
  role,
  permissions,
  sid,
  locale,
})
