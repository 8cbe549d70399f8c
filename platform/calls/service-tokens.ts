import { createSigner, createVerifier } from 'fast-jwt'
import type { Authenticate } from '#platform/access'
import type { Clock } from '#platform/values'

/** A copied token is of use for this long. */
const lifetimeSeconds = 60
/** The clocks of two machines may differ by this much. */
const toleranceSeconds = 30
const type = 'service+jwt'
const longest = 2048

type Parties = Readonly<{
  secret: string
  /** The name of this process: `ordering`, or `ordering payments`. */
  from: string
  now: Clock
}>

/** Makes the token of a request to the service `to`. A token is used for half of its life. */
export function openServiceSigner({ secret, from, now }: Parties): (to: string) => string {
  const sign = createSigner({ key: secret, algorithm: 'HS256', header: { alg: 'HS256', typ: type } })
  const signed = new Map<string, Readonly<{ token: string; until: number }>>()
  return (to) => {
    const moment = Math.floor(now().getTime() / 1000)
    const known = signed.get(to)
    if (known && moment < known.until) return known.token
    const token = sign({ iss: from, aud: to, iat: moment, exp: moment + lifetimeSeconds })
    signed.set(to, { token, until: moment + lifetimeSeconds / 2 })
    return token
  }
}

type VerifierNeeds = Readonly<{
  secret: string
  /** The services that this process runs: it accepts tokens for each of them. */
  services: readonly string[]
  now: Clock
}>

/** Finds the service that sent a request by its token; undefined when the token is not valid. */
export function openServiceVerifier({ secret, services, now }: VerifierNeeds): Authenticate {
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    allowedAud: [...services],
    checkTyp: type,
    requiredClaims: ['iss', 'aud', 'iat', 'exp'],
    // The clock of the process checks the times below.
    ignoreExpiration: true,
    cache: false,
  })
  const isCurrent = ({ iat, exp }: Claims): boolean => {
    const moment = now().getTime() / 1000
    return exp - iat <= lifetimeSeconds && iat <= moment + toleranceSeconds && moment < exp + toleranceSeconds
  }
  return async (token) => {
    if (token.length > longest) return undefined
    try {
      const claims: unknown = verify(token)
      return areClaims(claims) && isCurrent(claims)
        ? { kind: 'machine', name: claims.iss, permissions: [], isService: true }
        : undefined
    } catch {
      return undefined
    }
  }
}

type Claims = Readonly<{ iss: string; iat: number; exp: number }>

function areClaims(payload: unknown): payload is Claims {
  const { iss, iat, exp } = (payload ?? {}) as Partial<Claims>
  return typeof iss === 'string' && Number.isSafeInteger(iat) && Number.isSafeInteger(exp)
}
