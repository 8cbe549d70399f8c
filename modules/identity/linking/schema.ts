import { Type } from 'typebox'
import { Closed, Email, Id, named, Nullable, OneOf, Time, type Shape } from '#platform/schema'
import { Password, providers, TokenPairView, UserView } from '../schema.ts'
import { MiniAppBody, WidgetBody, oidc } from '../telegram/schema.ts'

const password = { password: Type.Optional(Password) }

export const LinkEmailBody = named('LinkEmail', Closed({ email: Email, ...password }))

export const ConfirmEmailLinkBody = named(
  'ConfirmEmailLink',
  Closed({
    code: Type.String({
      pattern: '^[0-9]{4}( ?[0-9]{4}){3}$',
      maxLength: 19,
      description: 'The sixteen digits from the e-mail, with or without the spaces',
    }),
  }),
)

export const LinkTelegramBody = named('LinkTelegram', Closed({ ...MiniAppBody.properties, ...password }))

export const LinkTelegramWidgetBody = named('LinkTelegramWidget', Closed({ widget: WidgetBody, ...password }))

export const LinkTelegramOidcBody = named('LinkTelegramOidc', Closed({ ...oidc, ...password }))

export const BeginDeeplinkLinkBody = named('BeginDeeplinkLink', Closed(password))

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

export const RevertMergeBody = named('RevertMerge', Closed(password))

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

/** The merges that the list of a user has at most. */
export const maxMerges = 100

export const MergesView = named('Merges', Type.Object({ merges: Type.Array(MergeView, { maxItems: maxMerges }) }))
export type MergesView = Shape<typeof MergesView>
