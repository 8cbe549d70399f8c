import { createDecoder, createSigner, createVerifier } from 'fast-jwt'
import { LRUCache } from 'lru-cache'
import { after, newId, type Clock } from '#platform/values'
import { areClaims, claimsOf } from '../claims.ts'
import type { Claims } from '../schema.ts'
import type { OpenSession } from '../session.ts'
import type { User } from '../user.ts'
import { publicKeysOf, type Jwk, type SigningKeys } from './signing-keys.ts'

type Bearer = Readonly<{ user: User; permissions: readonly string[]; session: OpenSession }>

/** Signs and verifies access tokens (RFC 9068). */
export type AccessTokens = Readonly<{
  /** Issues a token that expires with its session at the latest. `expires_in` is in seconds. */
  issue: (bearer: Bearer) => Readonly<{ access_token: string; expires_in: number }>
  /** The claims of a token that we signed and that has not expired; undefined for all others. Never throws. */
  verify: (token: string) => Claims | undefined
  publicKeys: readonly Jwk[]
}>

export type AccessTokenSettings = Readonly<{
  keys: SigningKeys
  issuer: string
  audience: string
  /** Milliseconds. */
  ttl: number
}>
type Needs = AccessTokenSettings & Readonly<{ now: Clock }>
type Verifier = (token: string) => unknown

const type = 'at+jwt'
/** Our tokens are shorter, and the server limits headers to 16 KiB. */
const longest = 8192
/** 5,000 tokens of about 700 bytes take 8 MB. */
const cachedTokens = 5000

/**
 * fast-jwt verifies HS256 six to eight times as fast as jose (185,000 tokens a second of processor time against 32,000;
 * ADR 9 has the table). We cache verified tokens ourselves: the cache of fast-jwt hashes every token (558,000 a second
 * against some millions) and takes the time from the system clock only.
 */
export function openAccessTokens({ keys, issuer, audience, ttl, now }: Needs): AccessTokens {
  const publicKeys = publicKeysOf(keys)
  const verifierOf = verifiers(keys, { issuer, audience })
  const cache = new LRUCache<string, Claims>({ max: cachedTokens })
  const sign = signer(keys, publicKeys[0]?.jwk.kid)

  const read = (token: string): Claims | undefined => {
    if (token.length > longest) return undefined
    try {
      const claims = verifierOf(token)?.(token)
      return areClaims(claims) ? claims : undefined
    } catch {
      return undefined
    }
  }
  return {
    issue: ({ user, permissions, session }) => {
      const iat = now()
      const exp = new Date(Math.min(after(iat, ttl).getTime(), session.expires_at.getTime()))
      const issued = { sid: session.id, iat, exp, jti: newId(), iss: issuer, aud: audience }
      const claims = claimsOf(user, permissions, issued)
      return { access_token: sign(claims), expires_in: claims.exp - claims.iat }
    },
    verify: (token) => {
      const claims = cache.get(token) ?? read(token)
      if (!claims || claims.exp * 1000 <= now().getTime()) return undefined
      cache.set(token, claims)
      return claims
    },
    publicKeys: publicKeys.map(({ jwk }) => jwk),
  }
}

function signer(keys: SigningKeys, kid: string | undefined): (claims: Claims) => string {
  if ('secret' in keys) {
    return createSigner({ key: keys.secret, algorithm: 'HS256', header: { alg: 'HS256', typ: type } })
  }
  return createSigner({
    key: keys.privateKey,
    algorithm: 'EdDSA',
    header: { alg: 'EdDSA', typ: type, ...(kid !== undefined && { kid }) },
  })
}

/** Finds the verifier of a token by our own list of key ids. Other headers of the token choose nothing. */
function verifiers(keys: SigningKeys, { issuer, audience }: { issuer: string; audience: string }) {
  const rules = {
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: type,
    requiredClaims: ['exp', 'iss', 'aud', 'sub'],
    // `verify` compares `exp` with our clock at every use.
    ignoreExpiration: true,
  }
  if ('secret' in keys) {
    const verify = createVerifier({ ...rules, key: keys.secret, algorithms: ['HS256'] })
    return (): Verifier => verify
  }
  const decode = createDecoder({ complete: true })
  const byKid = new Map(
    publicKeysOf(keys).map(({ pem, jwk }) => [jwk.kid, createVerifier({ ...rules, key: pem, algorithms: ['EdDSA'] })]),
  )
  return (token: string): Verifier | undefined => byKid.get(decode(token).header.kid)
}
