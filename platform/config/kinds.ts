import { createPrivateKey, createPublicKey } from 'node:crypto'
import { isIP } from 'node:net'
import { days, hours, minutes, seconds } from '#platform/values'

/** Turns the text of a variable into a value; `parse` returns undefined for a wrong text. */
export type Kind<Value> = Readonly<{
  /** Completes the sentence "expected …". */
  expects: string
  parse: (text: string) => Value | undefined
}>

/** `count` requests per `seconds`, at most `burst` of them at once. */
export type Rate = Readonly<{ count: number; seconds: number; burst: number }>

const flags = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
])

export const flag: Kind<boolean> = {
  expects: 'true or false',
  parse: (text) => flags.get(text.toLowerCase()),
}

export const flagOrAuto: Kind<boolean | 'auto'> = {
  expects: 'auto, true or false',
  parse: (text) => (text === 'auto' ? text : flag.parse(text)),
}

export const text = (shortest = 1, longest = 500): Kind<string> => ({
  expects: shortest > 1 ? `at least ${shortest} characters` : `text of at most ${longest} characters`,
  parse: (given) => (given.length >= shortest && given.length <= longest ? given : undefined),
})

export const integer = (least: number, most: number): Kind<number> => ({
  expects: `a whole number from ${least} to ${most}`,
  parse: (given) => (/^-?\d+$/.test(given) ? within(Number(given), least, most) : undefined),
})

export const decimal = (least: number, most: number): Kind<number> => ({
  expects: `a number from ${least} to ${most}`,
  parse: (given) => (/^-?\d+(\.\d+)?$/.test(given) ? within(Number(given), least, most) : undefined),
})

export const oneOf = <const Choice extends string>(...choices: readonly Choice[]): Kind<Choice> => ({
  expects: choices.length === 1 ? `${choices[0]}` : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
  parse: (given) => choices.find((choice) => choice === given.toLowerCase()),
})

const units: Record<string, (count: number) => number> = { s: seconds, m: minutes, h: hours, d: days }

/** A duration with its unit: `90s`, `30m`, `24h`, `7d`. The value is in milliseconds. */
export const duration: Kind<number> = {
  expects: 'a time with its unit, such as 90s, 30m, 24h or 7d',
  parse: (given) => {
    const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(given) ?? []
    return Number(count) > 0 ? units[unit ?? '']?.(Number(count)) : undefined
  },
}

/** `5/15m`; the burst equals the count unless it is given: `120/1m burst 60`. */
export const rate: Kind<Rate> = {
  expects: 'a rate such as 5/15m, or 120/1m burst 60',
  parse: (given) => {
    const [, count, time = '', burst = count] = /^(\d{1,7})\/(\d+[smhd])(?: burst (\d{1,7}))?$/.exec(given) ?? []
    const milliseconds = duration.parse(time)
    if (!milliseconds || !Number(count) || !Number(burst)) return undefined
    return { count: Number(count), seconds: milliseconds / 1000, burst: Number(burst) }
  },
}

export const postgresUrl: Kind<string> = {
  expects: 'a PostgreSQL address such as postgresql://user:password@host:5432/database',
  parse: (given) => {
    // SQLAlchemy names its driver in the scheme (postgresql+asyncpg:). Accept such an address, so that it can be reused.
    const address = given.replace(/^(postgres(?:ql)?)\+\w+:/, '$1:')
    const url = URL.parse(address)
    return url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1 ? address : undefined
  },
}

export const redisUrl: Kind<string> = {
  expects: 'a Redis address such as redis://user:password@host:6379/0',
  parse: (given) => {
    const url = URL.parse(given)
    return url && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname)
      ? given
      : undefined
  },
}

const isOrigin = (given: string): boolean => given !== 'null' && URL.parse(given)?.origin === given

/** The root of an http or https site, without a slash at the end. */
export const origin: Kind<string> = {
  expects: 'an address such as https://shop.example, without a path',
  parse: (given) => {
    const bare = given.replace(/\/$/, '')
    return /^https?:/.test(bare) && isOrigin(bare) ? bare : undefined
  },
}

/** An http or https address with or without a path; the value has no slash at its end. */
export const webUrl: Kind<string> = {
  expects: 'an address such as https://cdn.example/shop',
  parse: (given) => {
    const url = URL.parse(given)
    const isPlain = url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username
    return isPlain ? given.replace(/\/+$/, '') : undefined
  },
}

/** Origins, separated by commas or as a JSON list; `*` is not an origin. */
export const origins: Kind<readonly string[]> = {
  expects: 'origins such as https://shop.example, separated by commas',
  parse: (given) => everyOf(given, isOrigin),
}

const networkNames = new Set(['loopback', 'linklocal', 'uniquelocal'])

/** Addresses and networks in the form of Fastify's `trustProxy`. */
export const networks: Kind<readonly string[]> = {
  expects: 'addresses or networks such as 10.0.0.0/8 or loopback, separated by commas',
  parse: (given) => everyOf(given, (network) => networkNames.has(network) || isNetwork(network)),
}

export const ed25519PrivateKey: Kind<string> = {
  expects: 'an Ed25519 private key in PEM',
  parse: (given) => pemOf(given, (pem) => createPrivateKey(pem).asymmetricKeyType === 'ed25519'),
}

export const ed25519PublicKeys: Kind<readonly string[]> = {
  expects: 'Ed25519 public keys in PEM, one after another',
  parse: (given) => {
    const blocks = given.split(/(?<=-----END PUBLIC KEY-----)/).filter((block) => block.trim() !== '')
    const keys = blocks.map((block) => pemOf(block, (pem) => createPublicKey(pem).asymmetricKeyType === 'ed25519'))
    return keys.every((key) => key !== undefined) ? keys : undefined
  },
}

const within = (value: number, least: number, most: number) => (value >= least && value <= most ? value : undefined)

function everyOf(given: string, fits: (item: string) => boolean): readonly string[] | undefined {
  const items = given
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((item) => item.trim().replace(/^"|"$/g, ''))
    .filter(Boolean)
  return items.every(fits) ? items : undefined
}

function isNetwork(network: string): boolean {
  const [address = '', prefix] = network.split('/', 2)
  const version = isIP(address)
  if (version === 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** A PEM block; `\n` may stand for its line breaks, because some environments allow one line only. */
function pemOf(given: string, isRight: (pem: string) => boolean): string | undefined {
  const pem = given.replaceAll('\\n', '\n').trim()
  try {
    return isRight(pem) ? pem : undefined
  } catch {
    return undefined
  }
}
