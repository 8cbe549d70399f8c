import { LRUCache } from 'lru-cache'
import { Problem, type Authenticate } from '#platform/http'
import { seconds, systemClock, type Clock } from '#platform/values'
import type { IdentityApi } from './api.ts'
import { machines, type MachineTokens } from './authenticate/machines.ts'
import { readDecoded, type Recognised } from './claims.ts'

/** Where the auth service is, and the machine tokens, which every service knows by itself. */
export type RemoteIdentityNeeds = Readonly<{ url: string; machineTokens?: MachineTokens; now?: Clock }>

/** Answers are believed for less than half a minute (ID-8), and never past the end of their token. */
const believed = seconds(20)
const remembered = 10_000
const patience = seconds(3)

/** Identity asked over HTTP, by services that neither run it nor share its secret. */
export function remoteIdentity({ url, machineTokens = {}, now = systemClock }: RemoteIdentityNeeds): IdentityApi {
  const machineOf = machines(machineTokens)
  const address = new URL('/api/v1/auth/validate', url)
  const known = new LRUCache<string, Promise<Recognised | undefined>>({ max: remembered, ttl: believed })
  const authenticate: Authenticate = async (token) => {
    const machine = machineOf(token)
    if (machine) return machine
    const recognised = await (known.get(token) ?? storeResponse(token))
    return recognised && recognised.expires_at > now() ? recognised.caller : undefined
  }
  const storeResponse = (token: string): Promise<Recognised | undefined> => {
    const asking = ask(address, token)
    known.set(token, asking)
    // A failure is no answer: the next one asks again.
    asking.catch(() => known.get(token) === asking && known.delete(token))
    return asking
  }
  return { authenticate }
}

async function ask(address: URL, token: string): Promise<Recognised | undefined> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(patience),
      redirect: 'error',
    })
    if (answer.status === 200) return readDecoded(await answer.json())
    await answer.body?.cancel()
    if (answer.status === 401 || answer.status === 400) return undefined
  } catch {
    // Away, or too slow: below.
  }
  throw new Problem(503, 'identity-unavailable')
}
