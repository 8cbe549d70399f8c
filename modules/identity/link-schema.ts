import { Type } from 'typebox'
import { Closed, Email, Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { MiniAppBody, Password, providers, TokenPairView, UserView, WidgetBody } from './schema.ts'

const password = { password: Type.Optional(Password) }

export const LinkEmailBody = named('LinkEmail', Closed({ email: Email, ...password }))

export const ConfirmEmailLinkBody = named(
  'ConfirmEmailLink',
  Closed({ code: Type.String({ pattern: '^[0-9]{6}$', maxLength: 6, description: 'The six digits from the e-mail' }) }),
)

export const LinkTelegramBody = named('LinkTelegram', Closed({ ...MiniAppBody.properties, ...password }))

export const LinkTelegramWidgetBody = named('LinkTelegramWidget', Closed({ widget: WidgetBody, ...password }))

export const BeginTelegramLoginBody = named(
  'BeginTelegramLogin',
  Closed({ purpose: OneOf(['sign_in', 'link'] as const) }),
)
export const TelegramLoginView = named(
  'TelegramLogin',
  Type.Object({ authorization_url: Type.String({ description: 'The address at Telegram to which the browser goes' }) }),
)

const oidc = {
  code: Type.String({ minLength: 1, maxLength: 2000, description: 'The `code` that Telegram added to the page' }),
  state: Type.String({ minLength: 1, maxLength: 200, description: 'The `state` that Telegram added beside it' }),
}
export const TelegramOidcBody = named('TelegramOidc', Closed(oidc))
export const LinkTelegramOidcBody = named('LinkTelegramOidc', Closed({ ...oidc, ...password }))

export const DeeplinkLoginView = named(
  'DeeplinkLogin',
  Type.Object({
    link: Type.String({ description: 'Opens the bot' }),
    command: Type.String({ description: 'The line to send to the bot if its app drops the parameter of the link' }),
    number: Type.Integer({ minimum: 10, maximum: 99, description: 'The bot asks for it' }),
    expires_in: Type.Integer({ description: 'Seconds' }),
  }),
)
export const BeginDeeplinkLinkBody = named('BeginDeeplinkLink', Closed(password))
export const WaitingView = named('Waiting', Type.Object({ status: OneOf(['waiting'] as const) }))

const token = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'The token of the start parameter, without `li_`',
})
export const DeeplinkTokenBody = named('DeeplinkToken', Closed({ token }))
export const WaitingLoginView = named(
  'WaitingLogin',
  Type.Object({
    device: Type.String({ description: 'The User-Agent of the browser' }),
    ip: Type.String(),
    choices: Type.Array(Type.Integer({ minimum: 10, maximum: 99 }), { description: 'Three numbers for buttons' }),
    expires_at: Time,
  }),
)
export const AnswerDeeplinkBody = named(
  'AnswerDeeplink',
  Closed({
    token,
    number: Nullable(Type.Integer({ minimum: 10, maximum: 99 })),
    telegram_user: Closed({
      id: Type.Integer({ minimum: 1, maximum: 2 ** 52 }),
      first_name: Text(256),
      last_name: Type.Optional(Text(256)),
      language_code: Type.Optional(Text(35)),
    }),
  }),
)
export const DeeplinkAnswerView = named(
  'DeeplinkAnswer',
  Type.Object({ status: OneOf(['approved', 'refused'] as const) }),
)

const MaskedIdentity = named(
  'MaskedIdentity',
  Type.Object({
    provider: OneOf(providers),
    subject: Type.String({ description: 'The e-mail or the id of the Telegram user, without its middle' }),
  }),
)
export type MaskedIdentity = Shape<typeof MaskedIdentity>

const MergeSideView = named(
  'MergeSide',
  Type.Object({
    name: Type.String(),
    created_at: Time,
    is_survivor: Type.Boolean({ description: 'This account remains; the other one becomes part of it' }),
    identities: Type.Array(MaskedIdentity),
  }),
)

const MergeOfferView = named(
  'MergeOffer',
  Type.Object({
    merge_token: Type.String({ description: 'Merges the accounts at POST /auth/merge, once, in this session' }),
    expires_in: Type.Integer({ description: 'Seconds until the token expires' }),
    own: MergeSideView,
    other: MergeSideView,
  }),
)

/** `merge`: set when the identity has another account. */
export const LinkView = named(
  'Link',
  Type.Object({ status: OneOf(['linked', 'merge_offered'] as const), merge: Nullable(MergeOfferView) }),
)
export type LinkView = Shape<typeof LinkView>

export const MergeBody = named('MergeAccounts', Closed({ merge_token: Type.String({ minLength: 1, maxLength: 200 }) }))

export const MergedView = named(
  'MergedAccounts',
  Type.Object({
    merge_id: Id,
    user: UserView,
    revertible_until: Time,
    session: Nullable(TokenPairView),
  }),
)
export type MergedView = Shape<typeof MergedView>

const MergeView = named(
  'Merge',
  Type.Object({
    id: Id,
    name: Type.String({ description: 'The e-mail of the account that became part of this one' }),
    identities: Type.Array(MaskedIdentity),
    merged_at: Time,
    revertible_until: Time,
  }),
)
export const MergesView = named('Merges', Type.Object({ merges: Type.Array(MergeView) }))
export type MergesView = Shape<typeof MergesView>
