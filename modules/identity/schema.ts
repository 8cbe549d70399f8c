import { Type } from 'typebox'
import { Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { locales } from '#platform/values'
import { signedInExample } from './examples.ts'
import { passwordLength } from './password.ts'
import { roles } from './permissions.ts'

export { roles }

export const userStatuses = ['active', 'blocked', 'merged', 'deleted'] as const

export type UserStatus = (typeof userStatuses)[number]

export const providers = ['email', 'telegram'] as const

export type Provider = (typeof providers)[number]

/** The changes that are recorded. */
export const auditActions = [
  'role_changed',
  'user_blocked',
  'user_unblocked',
  'permissions_changed',
  'accounts_merged',
  'merge_reverted',
] as const

export type AuditAction = (typeof auditActions)[number]

/** The codes that are sent by mail. */
export type MailCodePurpose = 'verify_email' | 'reset_password'

/** Why a session ended before it expired. */
export type SessionEndReason =
  | 'logged_out'
  | 'ended_by_owner'
  | 'refresh_token_reused'
  | 'password_changed'
  | 'email_verified'
  | 'blocked'
  | 'merged'
  | 'merge_reverted'
  | 'deleted'

/** The largest body of `/auth` in bytes: names, passwords and tokens. */
export const authBodyLimit = 16_384

export const Name = Text(100)

/** A password to check. It may be shorter than a new one: accounts are imported. */
export const Password = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true })

/** Lengths are in characters as a person counts them: an emoji is one. */
export const NewPassword = Type.String({ ...passwordLength, writeOnly: true })

export const Locale = OneOf(locales)
export const RoleName = OneOf(roles)

export const UserView = named(
  'User',
  Type.Object({
    id: Id,
    email: Nullable(Type.String({ description: 'null for a user who signed up without an e-mail' })),
    email_verified: Type.Boolean({ description: 'The user has proved that the mailbox is theirs' }),
    name: Type.String(),
    role: RoleName,
    locale: Locale,
    timezone: Type.String({ description: 'The IANA time zone, such as Europe/Moscow' }),
    is_active: Type.Boolean(),
    created_at: Time,
  }),
)
export type UserView = Shape<typeof UserView>

const tokens = {
  access_token: Type.String({ description: 'A JWT for `Authorization: Bearer`' }),
  refresh_token: Type.String({ description: 'Works once, at POST /auth/refresh' }),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires' }),
}

export const TokenPairView = named('TokenPair', Type.Object(tokens))
export type TokenPairView = Shape<typeof TokenPairView>

export const SignedInView = named(
  'SignedIn',
  Type.Object({ user: UserView, ...tokens }, { examples: [signedInExample] }),
)
export type SignedInView = Shape<typeof SignedInView>

const status = {
  role: Type.String(),
  roles: Type.Array(Type.String()),
  permissions: Type.Array(Type.String()),
  is_superadmin: Type.Boolean(),
  locale: Locale,
}

const subject = { sub: Id, user_id: Id, email: Type.Optional(Type.String()), ...status, sid: Id }

/** The claims of an access token. Times are seconds since 1970. `sid` is the id of the session. */
export const Claims = Type.Object({
  ...subject,
  iat: Type.Integer({ minimum: 0 }),
  exp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  iss: Type.String(),
  aud: Type.String(),
  jti: Type.String(),
})
export type Claims = Shape<typeof Claims>

/** The subject of a valid access token, with the permissions that the user has now. */
export const ValidTokenView = named(
  'ValidToken',
  Type.Object({
    ...subject,
    is_verified: Type.Boolean({ description: 'The user has proven a mailbox or a Telegram account' }),
    exp: Type.Integer({ minimum: 0, maximum: 100_000_000_000, description: 'Seconds since 1970' }),
  }),
)
export type ValidTokenView = Shape<typeof ValidTokenView>

/** A way to sign in. */
export const IdentityView = named(
  'Identity',
  Type.Object({
    provider: OneOf(providers),
    subject: Type.String({ description: 'The e-mail, or the id of the Telegram user' }),
    verified_at: Nullable(Time),
    created_at: Time,
  }),
)
