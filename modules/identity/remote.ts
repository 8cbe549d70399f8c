import { LRUCache } from 'lru-cache'
import type { TokenUse } from '#platform/access'
import type { Remote } from '#platform/calls'
import { seconds, systemClock, type Clock } from '#platform/values'
import type { IdentityApi } from './api.ts'
import { machineTokens as openMachineTokens, type MachineTokenSettings } from './auth/machine-tokens.ts'
import { accountsOfCall, findAccountsCall, validateTokenCall } from './calls.ts'
import { remoteCallerOf, type RemoteCaller } from './claims.ts'

/** The auth service, and the machine tokens, which every service checks by itself. */
type Needs = Readonly<{ remote: Remote; machineTokens?: MachineTokenSettings; now?: Clock }>

/** ID-8 allows half a minute. For this long a user who was blocked may still read. */
const cachedFor = seconds(5)
const cachedTokens = 10_000
/** A longer one is not ours. */
const longest = 8192

/**
 * The api of identity in another process, for services that do not have its secret. Only reads use a cached caller: a write
 * asks the auth service again, and so does a user with permissions at a route of staff.
 */
export function remoteIdentity({ remote, machineTokens = {}, now = systemClock }: Needs): IdentityApi {
  const findMachine = openMachineTokens(machineTokens)
  // Promises, so that a burst of requests with one token sends one request.
  const cache = new LRUCache<string, Promise<RemoteCaller | undefined>>({ max: cachedTokens, ttl: cachedFor })
  const validate = async (token: string, use?: TokenUse): Promise<RemoteCaller | undefined> => {
    const { valid } = await remote.call(validateTokenCall, { token, ...(use && { use }) })
    return valid ? remoteCallerOf(valid) : undefined
  }
  const validateAndCache = (token: string, use?: TokenUse): Promise<RemoteCaller | undefined> => {
    const validation = validate(token, use)
    cache.set(token, validation)
    // A failure is not cached: the next request tries again.
    validation.catch(() => cache.get(token) === validation && cache.delete(token))
    return validation
  }
  const find = async (token: string, use?: TokenUse): Promise<RemoteCaller | undefined> => {
    const cached = use?.isWrite ? undefined : cache.get(token)
    if (!cached) return await validateAndCache(token, use)
    const known = await cached
    const isStaff = known !== undefined && known.caller.permissions.length > 0
    return use?.isOfStaff && isStaff ? await validateAndCache(token, use) : known
  }
  return {
    authenticate: async (token, use) => {
      const machine = findMachine(token)
      if (machine) return machine
      if (token.length > longest) return undefined
      const found = await find(token, use)
      return found && found.expires_at > now() ? found.caller : undefined
    },
    accountsOf: async (user_ids) => (await remote.call(accountsOfCall, { user_ids })).accounts,
    findAccounts: async (key) => (await remote.call(findAccountsCall, key)).user_ids,
  }
}
