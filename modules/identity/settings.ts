import {
  ConfigError,
  ed25519PrivateKey,
  ed25519PublicKeys,
  integer,
  optional,
  rate,
  secret,
  settings,
  text,
  webUrl,
  withDefault,
  type Kind,
  type ValuesOf,
} from '#platform/config'
import { seconds } from '#platform/values'
import type { OidcSettings } from './telegram/auth/telegram-oidc.ts'

const digits: Kind<string> = {
  expects: 'a number such as 1234567890',
  parse: (given) => (/^[1-9][0-9]{4,15}$/.test(given) ? given : undefined),
}

const username: Kind<string> = {
  expects: 'a username such as tea_shop_bot, without @',
  parse: (given) => (/^[A-Za-z][A-Za-z0-9_]{3,31}$/.test(given) ? given : undefined),
}

const hexKey: Kind<string> = {
  expects: '64 hexadecimal digits',
  parse: (given) => (/^[0-9a-f]{64}$/i.test(given) ? given.toLowerCase() : undefined),
}

const variables = {
  JWT_SECRET: secret(
    text(32, 1000),
    'Signs access tokens (HS256); without it the first start creates a secret in POSAD_DATA.',
    ['JWT_SECRET_KEY'],
  ),
  JWT_PRIVATE_KEY: secret(
    ed25519PrivateKey,
    'Ed25519 key in PEM that signs access tokens (EdDSA, with JWKS) instead of JWT_SECRET.',
  ),
  JWT_PREVIOUS_PUBLIC_KEYS: optional(ed25519PublicKeys, 'Public keys in PEM of earlier private keys, still accepted.'),
  ACCESS_TOKEN_TTL_SECONDS: withDefault(integer(30, 604_800), '900', 'Lifetime of an access token.'),
  REFRESH_TOKEN_TTL_SECONDS: withDefault(
    integer(60, 31_536_000),
    '1209600',
    'Lifetime of a session, no matter how often it is refreshed.',
  ),
  REFRESH_GRACE_SECONDS: withDefault(
    integer(0, 300),
    '10',
    'A refresh that is repeated within this time gets the same response, because the first one may be lost.',
  ),
  TELEGRAM_BOT_TOKEN: secret(
    text(10, 200),
    'The token of the Telegram bot: it checks sign-ins from Mini Apps and from the Login Widget.',
    ['BOT_TOKEN'],
  ),
  TELEGRAM_BOT_ID: optional(
    digits,
    'The id of the bot, for a process that must not have its token: it checks Mini Apps by the signature of Telegram.',
  ),
  TELEGRAM_PUBLIC_KEY: withDefault(
    hexKey,
    'e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d',
    "Telegram's Ed25519 key.",
  ),
  TELEGRAM_INIT_DATA_MAX_AGE: withDefault(
    integer(60, 604_800),
    '86400',
    'Seconds for which the data of a Mini App opens a session: some clients send old data for hours.',
  ),
  TELEGRAM_BOT_USERNAME: optional(
    username,
    'The username of the bot, for logins with a link to it. The bot answers them with INTERNAL_BOT_TOKEN.',
  ),
  TELEGRAM_CLIENT_SECRET: secret(
    text(10, 200),
    'The client secret of "Log in with Telegram", from the Web Login of the bot; none when absent.',
  ),
  TELEGRAM_CLIENT_ID: optional(digits, 'The client id of "Log in with Telegram"; the id of the bot when absent.'),
  TELEGRAM_REDIRECT_URL: optional(
    webUrl,
    'The page that gets the code of "Log in with Telegram" and sends it to POST /auth/telegram/oidc. BotFather must know it.',
  ),
  TELEGRAM_OIDC_ISSUER: withDefault(webUrl, 'https://oauth.telegram.org', 'The issuer of "Log in with Telegram".'),
  TELEGRAM_OIDC_AUTHORIZE_URL: optional(webUrl, 'Its address for browsers; /auth of the issuer when absent.'),
  TELEGRAM_OIDC_TOKEN_URL: optional(webUrl, 'Its address for codes; /token of the issuer when absent.'),
  TELEGRAM_OIDC_JWKS_URL: optional(webUrl, 'Its keys; /.well-known/jwks.json of the issuer when absent.'),
  ADMIN_API_TOKEN: secret(text(16), 'Bearer token of a program with the rights of an admin; none when absent.'),
  INTERNAL_BOT_TOKEN: secret(text(16), 'Bearer token of programs on /api/v1/internal; none when absent.'),
  RATE_LIMIT_LOGIN: withDefault(
    rate,
    '5/15m',
    'Attempts to sign in, per account and address together, and per known device; and exports of one’s data, per account: five at once, then one every quarter of an hour.',
  ),
  RATE_LIMIT_LOGIN_ACCOUNT: withDefault(
    rate,
    '20/1h burst 10',
    'Attempts to sign in, per account from all unknown devices and addresses together.',
  ),
  RATE_LIMIT_LOGIN_ADDRESS: withDefault(
    rate,
    '100/15m burst 50',
    'Attempts to sign in, per address to all accounts; registrations, per address; and right passwords, per account.',
  ),
  RATE_LIMIT_MAIL: withDefault(
    rate,
    '3/1h',
    'E-mails to unproven mailboxes: codes, and confirmations of guest orders, per mailbox and network address together.',
  ),
  RATE_LIMIT_MAIL_ACCOUNT: withDefault(rate, '10/1h', 'The same e-mails, per mailbox from all network addresses.'),
  RATE_LIMIT_MAIL_ADDRESS: withDefault(rate, '30/1h', 'The same e-mails, per network address to all mailboxes.'),
  RATE_LIMIT_REFRESH: withDefault(rate, '30/1m', 'Token refreshes, per session.'),
  RATE_LIMIT_INVALID_TOKEN: withDefault(rate, '300/1m', 'Validations of tokens that are not valid, per address.'),
}

/** Signs access tokens. `persisted-secret`: with a secret that the app keeps in its data directory. */
type SigningKeys =
  | Readonly<{ kind: 'secret'; secret: string }>
  | Readonly<{ kind: 'persisted-secret' }>
  | Readonly<{ kind: 'ed25519'; privateKey: string; previousPublicKeys: readonly string[] }>

/** The settings of accounts, sessions and tokens. Times are milliseconds. */
export const identitySettings = settings({
  title: 'Accounts and tokens',
  variables,
  read: (values) => ({
    signing: signingOf(values),
    accessTtl: seconds(values.ACCESS_TOKEN_TTL_SECONDS),
    refreshTtl: seconds(values.REFRESH_TOKEN_TTL_SECONDS),
    refreshGrace: seconds(values.REFRESH_GRACE_SECONDS),
    telegram: {
      bot_token: values.TELEGRAM_BOT_TOKEN,
      bot_id: values.TELEGRAM_BOT_ID,
      bot_username: values.TELEGRAM_BOT_USERNAME,
      public_key: values.TELEGRAM_PUBLIC_KEY,
      maxAge: seconds(values.TELEGRAM_INIT_DATA_MAX_AGE),
      oidc: oidcOf(values),
    },
    machineTokens: { admin: values.ADMIN_API_TOKEN, internal: values.INTERNAL_BOT_TOKEN },
    rates: {
      login: values.RATE_LIMIT_LOGIN,
      login_account: values.RATE_LIMIT_LOGIN_ACCOUNT,
      login_address: values.RATE_LIMIT_LOGIN_ADDRESS,
      mail: values.RATE_LIMIT_MAIL,
      mail_account: values.RATE_LIMIT_MAIL_ACCOUNT,
      mail_address: values.RATE_LIMIT_MAIL_ADDRESS,
      refresh: values.RATE_LIMIT_REFRESH,
      invalid_token: values.RATE_LIMIT_INVALID_TOKEN,
    },
  }),
})

/** The registration of the shop for "Log in with Telegram"; undefined without a client secret. */
function oidcOf(values: ValuesOf<typeof variables>): OidcSettings | undefined {
  const {
    TELEGRAM_CLIENT_SECRET: client_secret,
    TELEGRAM_REDIRECT_URL: redirect_uri,
    TELEGRAM_OIDC_ISSUER: issuer,
  } = values
  if (client_secret === undefined) return undefined
  if (redirect_uri === undefined) throw new ConfigError('TELEGRAM_CLIENT_SECRET is set without TELEGRAM_REDIRECT_URL')
  const client_id = values.TELEGRAM_CLIENT_ID ?? values.TELEGRAM_BOT_ID ?? values.TELEGRAM_BOT_TOKEN?.split(':', 1)[0]
  if (client_id === undefined) throw new ConfigError('TELEGRAM_CLIENT_SECRET is set without TELEGRAM_CLIENT_ID')
  return {
    client_id,
    client_secret,
    redirect_uri,
    issuer,
    authorize_url: values.TELEGRAM_OIDC_AUTHORIZE_URL ?? `${issuer}/auth`,
    token_url: values.TELEGRAM_OIDC_TOKEN_URL ?? `${issuer}/token`,
    jwks_url: values.TELEGRAM_OIDC_JWKS_URL ?? `${issuer}/.well-known/jwks.json`,
  }
}

function signingOf({ JWT_SECRET, JWT_PRIVATE_KEY, JWT_PREVIOUS_PUBLIC_KEYS }: ValuesOf<typeof variables>): SigningKeys {
  if (JWT_SECRET && JWT_PRIVATE_KEY) {
    throw new ConfigError('JWT_SECRET and JWT_PRIVATE_KEY are both set: tokens are signed with one of them')
  }
  if (JWT_PRIVATE_KEY) {
    return { kind: 'ed25519', privateKey: JWT_PRIVATE_KEY, previousPublicKeys: JWT_PREVIOUS_PUBLIC_KEYS ?? [] }
  }
  if (JWT_PREVIOUS_PUBLIC_KEYS) throw new ConfigError('JWT_PREVIOUS_PUBLIC_KEYS is set without JWT_PRIVATE_KEY')
  return JWT_SECRET ? { kind: 'secret', secret: JWT_SECRET } : { kind: 'persisted-secret' }
}
