import { LRUCache } from 'lru-cache'
import type { Remote } from '#platform/calls'
import { seconds, systemClock, type Clock } from '#platform/values'
import type { IdentityApi } from './api.ts'
import { machineTokens as openMachineTokens, type MachineTokenSettings } from './auth/machine-tokens.ts'
import { accountsOfCall, findAccountsCall, validateTokenCall } from './calls.ts'
import { remoteCallerOf, type RemoteCaller } from './claims.ts'

/** The auth service, and the machine tokens, which every service checks by itself. */
type Needs = Readonly<{ remote: Remote; machineTokens?: MachineTokenSettings; now?: Clock }>

/** ID-8 allows half a minute. */
const cachedFor = seconds(20)
const cachedTokens = 10_000
/** A longer one is not ours. */
const longest = 8192

/** The api of identity in another process, for services that do not have its secret. */
export function remoteIdentity({ remote, machineTokens = {}, now = systemClock }: Needs): IdentityApi {
  const findMachine = openMachineTokens(machineTokens)
  // Promises, so that a burst of requests with one token sends one request.
  const cache = new LRUCache<string, Promise<RemoteCaller | undefined>>({ max: cachedTokens, ttl: cachedFor })
  const validate = async (token: string): Promise<RemoteCaller | undefined> => {
    const { valid } = await remote.call(validateTokenCall, { token })
    return valid ? remoteCallerOf(valid) : undefined
  }
  const validateOnce = (token: string): Promise<RemoteCaller | undefined> => {
    const validation = validate(token)
    cache.set(token, validation)
    // A failure is not cached: the next request tries again.
    validation.catch(() => cache.get(token) === validation && cache.delete(token))
    return validation
  }
  return {
    authenticate: async (token) => {
      const machine = findMachine(token)
      if (machine) return machine
      if (token.length > longest) return undefined
      const found = await (cache.get(token) ?? validateOnce(token))
      return found && found.expires_at > now() ? found.caller : undefined
    },
    accountsOf: async (user_ids) => (await remote.call(accountsOfCall, { user_ids })).accounts,
    findAccounts: async (key) => (await remote.call(findAccountsCall, key)).user_ids,
  }
}
