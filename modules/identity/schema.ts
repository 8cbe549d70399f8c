import { Type } from 'typebox'
import { Closed, Email, Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { locales } from '#platform/values'
import { logInExample, registerExample, signedInExample } from './examples.ts'
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

const Name = Text(100)
/** A password to check. It may be shorter than a new one: accounts are imported. */
export const Password = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true })
/** Lengths are in characters as a person counts them: an emoji is one. */
const NewPassword = Type.String({ ...passwordLength, writeOnly: true })
export const Locale = OneOf(locales)

export const RegisterUserBody = named(
  'RegisterUser',
  Closed({ email: Email, password: NewPassword, name: Type.Optional(Name) }, { examples: [registerExample] }),
)

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

export const ChangePasswordBody = named(
  'ChangePassword',
  Closed({ current_password: Password, new_password: NewPassword }),
)

export const ChangeProfileBody = named(
  'ChangeProfile',
  Closed(
    {
      name: Type.Optional(Name),
      locale: Type.Optional(Locale),
      timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_+/-]+$' })),
    },
    { minProperties: 1 },
  ),
)

export const AcceptInvitationBody = named(
  'AcceptInvitation',
  Closed({ code: Type.String({ minLength: 1, maxLength: 200 }), email: Email, password: NewPassword, name: Name }),
)

export const MiniAppBody = named(
  'TelegramMiniApp',
  Closed({
    init_data: Type.String({ minLength: 1, maxLength: 8192, description: '`Telegram.WebApp.initData` as it is' }),
  }),
)

/** The fields that Telegram sends, and no other: a field that is not sent must be absent. */
export const WidgetBody = named(
  'TelegramWidget',
  Closed({
    id: Type.Integer({ minimum: 1, maximum: 2 ** 52 }),
    first_name: Text(256),
    last_name: Type.Optional(Text(256)),
    username: Type.Optional(Text(64)),
    photo_url: Type.Optional(Text(2048)),
    auth_date: Type.Integer({ minimum: 1, maximum: 99_999_999_999, description: 'Seconds since 1970' }),
    hash: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }),
  }),
)

const MailCode = Type.String({ minLength: 1, maxLength: 200, description: 'The code of the link in the e-mail' })

export const VerifyEmailBody = named('VerifyEmail', Closed({ code: MailCode }))

export const RequestPasswordResetBody = named(
  'RequestPasswordReset',
  // A malformed e-mail gets the same answer as an unknown one, so the schema does not say `format: 'email'`.
  Closed({ email: Text(254, { minLength: 1 }) }),
)

export const ResetPasswordBody = named('ResetPassword', Closed({ code: MailCode, new_password: NewPassword }))

export const ValidateTokenBody = named(
  'ValidateToken',
  Closed({ token: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })) }),
)

export const UserView = named(
  'User',
  Type.Object({
    id: Id,
    email: Nullable(Type.String({ description: 'null for a user who signed up without an e-mail' })),
    email_verified: Type.Boolean({ description: 'The user has proved that the mailbox is theirs' }),
    name: Type.String(),
    role: OneOf(roles),
    locale: Locale,
    timezone: Type.String({ description: 'The IANA time zone, such as Europe/Moscow' }),
    is_active: Type.Boolean(),
    created_at: Time,
  }),
)
export type UserView = Shape<typeof UserView>

export const DeleteAccountBody = named('DeleteAccount', Closed({ password: Type.Optional(Password) }))

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
