import { createHash, createHmac, randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Circuit } from '#platform/circuit'
import { Unavailable, type Refused } from '#platform/outcome'
import { after, hours, minutes, seconds } from '#platform/values'
import type { LoginPurpose, TelegramUser } from '../telegram-user.ts'

/** "Log in with Telegram": the registration of the shop at Telegram, and the addresses of Telegram's OpenID provider. */
export type OidcSettings = Readonly<{
  client_id: string
  client_secret: string
  issuer: string
  authorize_url: string
  token_url: string
  jwks_url: string
  /** The page of the shop that gets the code. */
  redirect_uri: string
}>

/** The answer of Telegram as the browser brings it. `secret`: of the cookie that the browser got when the login began. */
export type OidcProof = Readonly<{ code: string; state: string; secret: string | undefined; purpose: LoginPurpose }>

type OidcOutcome =
  | Readonly<{ kind: 'verified'; user: TelegramUser }>
  | Refused<'invalid-telegram-data' | 'login-not-started'>

/** Both functions store nothing: state, nonce and PKCE verifier follow from the secret, which only the browser has. */
export type TelegramOidc = Readonly<{
  /** A new secret for a cookie, and the address at Telegram for the browser. */
  begin: (purpose: LoginPurpose, now: Date) => Readonly<{ secret: string; authorization_url: string }>
  /** Redeems the code at Telegram. Throws `Unavailable` when Telegram does not answer. */
  redeem: (proof: OidcProof, now: Date) => Promise<OidcOutcome>
}>

/** The time between the begin of a login and its end, in milliseconds. */
export const loginLifetime = minutes(10)
const maxSkew = seconds(60)
/** Telegram lets the owner of a bot choose. jose has no ES256K. */
const algorithms = ['RS256', 'ES256', 'EdDSA']

const telegramLogin = 'Log in with Telegram'

const invalid = { kind: 'refused', reason: 'invalid-telegram-data' } as const
const notStarted = { kind: 'refused', reason: 'login-not-started' } as const

const tokenCheck = Compile(Type.Object({ id_token: Type.String({ maxLength: 16_384 }) }))
/** The account belongs to `id`. `sub` is another number, which is not the id of the Telegram user. */
const claimsCheck = Compile(
  Type.Object({
    id: Type.Union([Type.Integer({ minimum: 1, maximum: 2 ** 52 }), Type.String({ pattern: '^[1-9][0-9]{0,15}$' })]),
    name: Type.Optional(Type.String()),
    nonce: Type.String(),
    iat: Type.Integer(),
  }),
)

export function openTelegramOidc(settings: OidcSettings): TelegramOidc {
  const { client_id, authorize_url, redirect_uri } = settings
  const circuit = new Circuit(telegramLogin)
  let verifier: Promise<Verify> | undefined
  return {
    begin: (purpose, now) => {
      const secret = `${randomBytes(32).toString('base64url')}.${now.getTime()}`
      const { state, nonce, code_verifier } = partsOf(secret, purpose)
      const url = new URL(authorize_url)
      const challenge = createHash('sha256').update(code_verifier).digest('base64url')
      const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
      const request = { response_type: 'code', scope: 'openid profile', client_id, redirect_uri, state, nonce, ...pkce }
      for (const [name, value] of Object.entries(request)) url.searchParams.set(name, value)
      return { secret, authorization_url: url.href }
    },
    redeem: async ({ code, state, secret, purpose }, now) => {
      const begun = secret === undefined ? undefined : beginOf(secret)
      if (secret === undefined || begun === undefined || after(begun, loginLifetime) < now) return notStarted
      const parts = partsOf(secret, purpose)
      if (parts.state !== state) return notStarted
      const id_token = await circuit.run((signal) => fetchToken(settings, { code, ...parts }, signal))
      if (id_token === undefined) return invalid
      const verify = await (verifier ??= openVerifier(settings))
      const payload = await circuit.run(() => verify(id_token, now))
      if (!claimsCheck.Check(payload) || payload.nonce !== parts.nonce) return invalid
      const signed_at = new Date(payload.iat * 1000)
      const hash = createHash('sha256').update(`oidc\n${state}`).digest()
      const proof = { kind: 'oidc', hash, expires_at: after(begun, loginLifetime + maxSkew) } as const
      const name = (payload.name ?? '').trim().slice(0, 100)
      const user = { telegram_id: String(payload.id), name, language: undefined, signed_at, proof }
      return { kind: 'verified', user }
    },
  }
}

/** Telegram accepts a short state only. The purpose is a part of each value. */
function partsOf(secret: string, purpose: LoginPurpose) {
  const part = (name: string) => createHmac('sha256', secret).update(`${name} ${purpose}`).digest('base64url')
  return { state: part('state').slice(0, 24), nonce: part('nonce'), code_verifier: part('verifier') }
}

/** The begin of a login is a part of its secret, so the state that follows from the secret proves it. */
function beginOf(secret: string): Date | undefined {
  const time = /^[\w-]{43}\.(\d{13})$/.exec(secret)?.[1]
  return time === undefined ? undefined : new Date(Number(time))
}

type Redemption = Readonly<{ code: string; code_verifier: string }>

/** Undefined when Telegram refuses the code. */
async function fetchToken(
  { client_id, client_secret, token_url, redirect_uri }: OidcSettings,
  { code, code_verifier }: Redemption,
  signal: AbortSignal,
): Promise<string | undefined> {
  const authorization = `Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`).toString('base64')}`
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, client_id, code_verifier })
  const request = {
    method: 'POST',
    headers: { authorization, accept: 'application/json' },
    body,
    redirect: 'error',
  } as const
  const response = await fetch(token_url, { ...request, signal }).catch((cause: unknown) => {
    throw new Unavailable(telegramLogin, { cause })
  })
  if (response.status >= 500) throw new Unavailable(telegramLogin)
  const answer: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  return tokenCheck.Check(answer) ? answer.id_token : undefined
}

/** The claims of a token that Telegram signed for this shop; undefined for any other. */
type Verify = (id_token: string, now: Date) => Promise<unknown>

/** Loads jose at the first login: a shop without such logins does not need it. */
async function openVerifier({ client_id: audience, issuer, jwks_url }: OidcSettings): Promise<Verify> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import('jose')
  const keys = createRemoteJWKSet(new URL(jwks_url), {
    timeoutDuration: seconds(5),
    cooldownDuration: seconds(30),
    cacheMaxAge: hours(1),
  })
  const checks = {
    issuer,
    audience,
    algorithms,
    requiredClaims: ['exp', 'iat', 'sub'],
    maxTokenAge: loginLifetime / 1000,
    clockTolerance: maxSkew / 1000,
  }
  /** The keys of Telegram cannot be read: the connection failed, took too long, or the answer was an error. */
  const isOutage = (error: unknown): boolean =>
    !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC'
  return async (id_token, currentDate) => {
    try {
      return (await jwtVerify(id_token, keys, { ...checks, currentDate })).payload
    } catch (error) {
      if (isOutage(error)) throw new Unavailable(telegramLogin, { cause: error })
      return undefined
    }
  }
}
