import { LRUCache } from 'lru-cache'
import { Unavailable } from '#platform/outcome'
import { seconds, systemClock, type Clock } from '#platform/values'
import type { IdentityApi } from './api.ts'
import { machineTokens as openMachineTokens, type MachineTokenSettings } from './auth/machine-tokens.ts'
import { readValidToken, type RemoteCaller } from './claims.ts'

/** The address of the auth service, and the machine tokens, which every service checks by itself. */
export type RemoteIdentityNeeds = Readonly<{ url: string; machineTokens?: MachineTokenSettings; now?: Clock }>

/** ID-8 allows half a minute. */
const cachedFor = seconds(20)
const cachedTokens = 10_000
const timeout = seconds(3)

/** The part of the api that every service needs. */
type RemoteIdentity = Pick<IdentityApi, 'authenticate'>

/** The api of identity over HTTP, for services that do not run identity and do not have its secret. */
export function remoteIdentity({ url, machineTokens = {}, now = systemClock }: RemoteIdentityNeeds): RemoteIdentity {
  const findMachine = openMachineTokens(machineTokens)
  const address = new URL('/api/v1/auth/validate', url)
  // Promises, so that a burst of requests with one token sends one request.
  const cache = new LRUCache<string, Promise<RemoteCaller | undefined>>({ max: cachedTokens, ttl: cachedFor })
  const validateOnce = (token: string): Promise<RemoteCaller | undefined> => {
    const validation = validate(address, token)
    cache.set(token, validation)
    // A failure is not cached: the next request tries again.
    validation.catch(() => cache.get(token) === validation && cache.delete(token))
    return validation
  }
  return {
    authenticate: async (token) => {
      const machine = findMachine(token)
      if (machine) return machine
      const found = await (cache.get(token) ?? validateOnce(token))
      return found && found.expires_at > now() ? found.caller : undefined
    },
  }
}

async function validate(address: URL, token: string): Promise<RemoteCaller | undefined> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
    signal: AbortSignal.timeout(timeout),
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw new Unavailable('The auth service', { cause })
  })
  if (response.status === 200) return readValidToken(await response.json().catch(() => undefined))
  await response.body?.cancel()
  if (response.status === 401 || response.status === 400) return undefined
  throw new Unavailable('The auth service')
}
