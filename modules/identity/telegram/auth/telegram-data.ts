import { createHash, createHmac, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Refused } from '#platform/outcome'
import { after, minutes, seconds } from '#platform/values'
import type { LoginPurpose, TelegramUser } from '../telegram-user.ts'
import { openTelegramOidc, type OidcProof, type OidcSettings, type TelegramOidc } from './telegram-oidc.ts'

/** How Telegram's data is checked: with the token of the bot, or with its id only and the public key of Telegram. */
export type TelegramSettings = Readonly<{
  bot_token?: string | undefined
  bot_id?: string | undefined
  /** Absent: no login by a link to the bot. */
  bot_username?: string | undefined
  /** Ed25519, 64 hexadecimal digits. */
  public_key: string
  /** Milliseconds for which the data of a Mini App may be sent. */
  maxAge: number
  /** Absent: no "Log in with Telegram". */
  oidc?: OidcSettings | undefined
}>

type TelegramOutcome = Readonly<{ kind: 'verified'; user: TelegramUser }> | Refused<TelegramReason>

/** Why data of Telegram opens nothing. */
export type TelegramReason = 'invalid-telegram-data' | 'telegram-data-expired' | 'telegram-off' | 'login-not-started'

/** The data of the Login Widget, with the fields that Telegram sent. */
type WidgetData = Readonly<Record<string, string | number>> & Readonly<{ hash: string }>

/** The data of a Mini App, that of the Login Widget, or the code of "Log in with Telegram". */
export type TelegramProof =
  | Readonly<{ init_data: string }>
  | Readonly<{ widget: WidgetData }>
  | Readonly<{ oidc: OidcProof }>

/** Verifies data that Telegram signed. Only a code needs a call of Telegram, which throws `Unavailable` without an answer. */
export type TelegramData = Readonly<{
  verify: (proof: TelegramProof, now: Date) => Promise<TelegramOutcome>
  /** Begins "Log in with Telegram". */
  begin: (purpose: LoginPurpose, now: Date) => LoginBegun | Refused<'telegram-off'>
}>
type LoginBegun = Readonly<{ kind: 'begun' }> & ReturnType<TelegramOidc['begin']>

const maxSkew = seconds(60)
/** A click on the widget is fresh. */
const widgetMaxAge = minutes(10)
const longestData = 8192

const invalid = { kind: 'refused', reason: 'invalid-telegram-data' } as const
const expired = { kind: 'refused', reason: 'telegram-data-expired' } as const
const off = { kind: 'refused', reason: 'telegram-off' } as const

/** Telegram's ids have at most 52 bits. Fields of later versions of Telegram are let through. */
const MiniAppUser = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 2 ** 52 }),
  is_bot: Type.Optional(Type.Literal(false)),
  first_name: Type.String(),
  last_name: Type.Optional(Type.String()),
  language_code: Type.Optional(Type.String()),
})
const userCheck = Compile(MiniAppUser)

/** Opens the checks. Libraries compare hashes in a time that depends on them, or accept times of the future; so these are ours. */
export function openTelegramData({ bot_token, bot_id, public_key, maxAge, oidc }: TelegramSettings): TelegramData {
  const miniAppKey = bot_token && createHmac('sha256', 'WebAppData').update(bot_token).digest()
  const widgetKey = bot_token && createHash('sha256').update(bot_token).digest()
  const publicKey = keyOf(public_key)
  const verifyMiniApp = (init_data: string, now: Date): TelegramOutcome => {
    if (!miniAppKey && !bot_id) return off
    const fields = readFields(init_data)
    if (!fields) return invalid
    const isSigned = miniAppKey
      ? hasHash(fields, miniAppKey)
      : hasSignature(fields, { bot_id: bot_id ?? '', key: publicKey })
    if (!isSigned) return invalid
    const user = readUser(fields.get('user'))
    const age = ageOf(fields.get('auth_date'), now)
    if (!user || age === undefined || age < -maxSkew) return invalid
    if (age > maxAge) return expired
    const signed_at = new Date(now.getTime() - age)
    const proof = {
      kind: 'mini_app',
      hash: hashOfProof('mini_app', fields),
      expires_at: after(signed_at, maxAge),
    } as const
    return { kind: 'verified', user: { ...personOf(user), signed_at, proof } }
  }
  const verifyWidget = (data: WidgetData, now: Date): TelegramOutcome => {
    if (!widgetKey) return off
    const fields = new Map(Object.entries(data).map(([name, value]) => [name, String(value)]))
    if (!hasHash(fields, widgetKey)) return invalid
    const user = { ...data, id: Number(data['id']) }
    const age = ageOf(fields.get('auth_date'), now)
    if (!userCheck.Check(user) || age === undefined || age < -maxSkew) return invalid
    if (age > widgetMaxAge) return expired
    const signed_at = new Date(now.getTime() - age)
    const expires_at = after(signed_at, widgetMaxAge + maxSkew)
    const proof = { kind: 'widget', hash: hashOfProof('widget', fields), expires_at } as const
    return { kind: 'verified', user: { ...personOf(user), signed_at, proof } }
  }
  const login = oidc && openTelegramOidc(oidc)
  return {
    verify: async (proof, now) => {
      if ('oidc' in proof) return login ? await login.redeem(proof.oidc, now) : off
      return 'init_data' in proof ? verifyMiniApp(proof.init_data, now) : verifyWidget(proof.widget, now)
    },
    begin: (purpose, now) => (login ? { kind: 'begun', ...login.begin(purpose, now) } : off),
  }
}

type Fields = ReadonlyMap<string, string>

/**
 * The decoded fields. Undefined for a field that is there twice, of which another program may read the other, and for a line
 * break, which would let two different lists of fields have one signature: the signed text has a field on each line.
 */
function readFields(init_data: string): Fields | undefined {
  if (init_data.length > longestData) return undefined
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(init_data)) {
    if (fields.has(name) || /[\r\n]/.test(name + value)) return undefined
    fields.set(name, value)
  }
  return fields
}

/** Every field but those of the proof, sorted by bytes. */
const checkStringOf = (fields: Fields, proof: readonly string[]): string =>
  [...fields]
    .filter(([name]) => !proof.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('\n')

function hasHash(fields: Fields, key: Buffer): boolean {
  const hash = fields.get('hash') ?? ''
  if (!/^[0-9a-f]{64}$/.test(hash)) return false
  const expected = createHmac('sha256', key)
    .update(checkStringOf(fields, ['hash']))
    .digest()
  return timingSafeEqual(expected, Buffer.from(hash, 'hex'))
}

/** The signature of Telegram, for a process that does not have the token of the bot. It leaves `signature` out, too. */
function hasSignature(fields: Fields, { bot_id, key }: Readonly<{ bot_id: string; key: KeyObject }>): boolean {
  const signature = fields.get('signature') ?? ''
  if (!/^[\w-]{86}(?:==)?$/.test(signature)) return false
  const text = `${bot_id}:WebAppData\n${checkStringOf(fields, ['hash', 'signature'])}`
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
}

const keyOf = (hex: string): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') },
    format: 'jwk',
  })

/** Milliseconds since Telegram signed the data; undefined when it does not say. */
function ageOf(auth_date: string | undefined, now: Date): number | undefined {
  return /^[1-9][0-9]{0,10}$/.test(auth_date ?? '') ? now.getTime() - Number(auth_date) * 1000 : undefined
}

function readUser(json: string | undefined): Static<typeof MiniAppUser> | undefined {
  try {
    const user: unknown = JSON.parse(json ?? 'null')
    return userCheck.Check(user) ? user : undefined
  } catch {
    return undefined
  }
}

const personOf = ({ id, first_name, last_name = '', language_code }: Static<typeof MiniAppUser>) => ({
  telegram_id: String(id),
  name: `${first_name} ${last_name}`.trim().slice(0, 100),
  language: language_code,
})

const hashOfProof = (kind: string, fields: Fields): Buffer =>
  createHash('sha256')
    .update(`${kind}\n${checkStringOf(fields, ['hash', 'signature'])}`)
    .digest()
