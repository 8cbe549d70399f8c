import { Type } from 'typebox'
import { Closed, Email, Id, Nullable, OneOf, type Shape, Text, Time, named } from '#platform/schema'
import { SavedAddressView } from '../addresses/schema.ts'
import { registerExample } from '../examples.ts'
import { IdentityView, Locale, Name, NewPassword, Password, RoleName, UserView, userStatuses } from '../schema.ts'

export const RegisterUserBody = named(
  'RegisterUser',
  Closed({ email: Email, password: NewPassword, name: Type.Optional(Name) }, { examples: [registerExample] }),
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

const MailCode = Type.String({ minLength: 1, maxLength: 200, description: 'The code of the link in the e-mail' })

export const VerifyEmailBody = named('VerifyEmail', Closed({ code: MailCode }))

export const VerifiedEmailView = named(
  'VerifiedEmail',
  Type.Object({
    email: Type.String(),
    password_removed: Type.Boolean({
      description:
        'The confirmation came from outside the sessions of the account. All its sessions have ended; the link of POST /auth/password/forgot sets a new password',
    }),
  }),
)

export const RequestPasswordResetBody = named(
  'RequestPasswordReset',
  // A malformed e-mail gets the same answer as an unknown one, so the schema does not say `format: 'email'`.
  Closed({ email: Text(254, { minLength: 1 }) }),
)

export const ResetPasswordBody = named('ResetPassword', Closed({ code: MailCode, new_password: NewPassword }))

export const DeleteAccountBody = named('DeleteAccount', Closed({ password: Type.Optional(Password) }))

/** A user as outside bots and workers see one. */
export const InternalUserView = named(
  'InternalUser',
  Type.Object({
    id: Id,
    email: Nullable(Type.String()),
    email_verified: Type.Boolean(),
    telegram_id: Nullable(Type.String()),
    name: Type.String(),
    role: RoleName,
    status: OneOf(userStatuses),
    locale: Locale,
    timezone: Type.String(),
    created_at: Time,
  }),
)
export type InternalUserView = Shape<typeof InternalUserView>

/** The ways to sign in that the list of a user has at most. */
export const maxIdentities = 100

export const IdentitiesView = named(
  'Identities',
  Type.Object({ identities: Type.Array(IdentityView, { maxItems: maxIdentities }), has_password: Type.Boolean() }),
)
export type IdentitiesView = Shape<typeof IdentitiesView>

export const AccountExport = named(
  'AccountExport',
  Type.Object({
    exported_at: Time,
    user: UserView,
    identities: Type.Array(IdentityView),
    addresses: Type.Array(SavedAddressView),
    sessions: Type.Array(
      Type.Object({ id: Id, device: Type.String(), ip: Type.String(), created_at: Time, used_at: Time }),
    ),
    records: Type.Object(
      {},
      {
        additionalProperties: true,
        description: 'What the other parts of the shop know about you, by the name of the part',
      },
    ),
  }),
)
