import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Text, Time, named } from '#platform/schema'

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

export const BeginTelegramLoginBody = named(
  'BeginTelegramLogin',
  Closed({ purpose: OneOf(['sign_in', 'link'] as const) }),
)

export const TelegramLoginView = named(
  'TelegramLogin',
  Type.Object({ authorization_url: Type.String({ description: 'The address at Telegram to which the browser goes' }) }),
)

/** The fields of a login that Telegram sends back to the browser. */
export const oidc = {
  code: Type.String({ minLength: 1, maxLength: 2000, description: 'The `code` that Telegram added to the page' }),
  state: Type.String({ minLength: 1, maxLength: 200, description: 'The `state` that Telegram added beside it' }),
}

export const TelegramOidcBody = named('TelegramOidc', Closed(oidc))

export const DeeplinkLoginView = named(
  'DeeplinkLogin',
  Type.Object({
    link: Type.String({ description: 'Opens the bot' }),
    command: Type.String({ description: 'The line to send to the bot if its app drops the parameter of the link' }),
    number: Type.Integer({ minimum: 10, maximum: 99, description: 'The bot asks for it' }),
    expires_in: Type.Integer({ description: 'Seconds' }),
  }),
)

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
    device: Type.String({
      description: 'The browser and its system, such as `Firefox, Windows`; empty when its User-Agent names neither',
    }),
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
