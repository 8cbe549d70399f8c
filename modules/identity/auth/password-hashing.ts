import { randomBytes } from 'node:crypto'
import bcrypt from 'bcryptjs'
import type { Refused } from '#platform/outcome'
import { addressKey, isPrivateAddress } from '#platform/limits'
import { Semaphore } from '#platform/semaphore'
import { hasCost, hashArgon2id, owaspCost, verifyArgon2id, type Cost } from './argon2id.ts'

/** The queue of hashes is full. `retry_after` is in seconds. */
export type Busy = Refused<'busy'> & Readonly<{ retry_after: number }>

type Verification = Readonly<{ kind: 'right'; outdated: boolean }> | Readonly<{ kind: 'wrong' }> | Busy

/**
 * `known`: a session, a command, or a device or an address from which the account was signed in to. It waits in a queue of its
 * own. A client that is not known waits with the others, of whom one network may send only some.
 */
export type HashClient = Readonly<{ kind: 'known' }> | Readonly<{ kind: 'unknown'; address: string }>

/** Hashes and verifies passwords. A hash is the most expensive work that a guest can cause, so its concurrency is bounded. */
export type PasswordHashing = Readonly<{
  hash: (password: string, client?: HashClient) => Promise<Readonly<{ kind: 'hashed'; hash: string }> | Busy>
  /** `hash` is undefined for an unknown e-mail: the verification then takes as long, and its result is `wrong`. */
  verify: (password: string, hash: string | undefined, client?: HashClient) => Promise<Verification>
}>

export type PasswordHashingSettings = Readonly<{
  cost?: Cost
  /** Hashes that run at once. */
  concurrency?: number
  /** Hashes that wait at most; further ones are refused. */
  maxWaiting?: number
}>

const known: HashClient = { kind: 'known' }
/** Hashes of one network that run and wait at once. */
const maxPerNetwork = 10

const busy: Busy = { kind: 'refused', reason: 'busy', retry_after: 2 }
const isBcrypt = (hash: string): boolean => /^\$2[abxy]\$/.test(hash)

export function openPasswordHashing({
  cost = owaspCost,
  concurrency = 2,
  maxWaiting = 50,
}: PasswordHashingSettings = {}): PasswordHashing {
  const semaphore = new Semaphore(concurrency, { maxWaiting })
  const ofNetworks = new Map<string, number>()
  const tryRun = async <Result>(work: () => Promise<Result>, client: HashClient) => {
    if (client.kind === 'known') return await semaphore.tryRun(work, { isUrgent: true })
    // Behind a proxy that the settings do not name, every client has the private address of the proxy.
    if (isPrivateAddress(client.address)) return await semaphore.tryRun(work)
    const network = addressKey(client.address)
    const count = ofNetworks.get(network) ?? 0
    if (count >= maxPerNetwork) return undefined
    ofNetworks.set(network, count + 1)
    try {
      return await semaphore.tryRun(work)
    } finally {
      const left = (ofNetworks.get(network) ?? 1) - 1
      if (left > 0) ofNetworks.set(network, left)
      else ofNetworks.delete(network)
    }
  }
  const dummy = hashArgon2id(randomBytes(16).toString('base64'), cost)

  const verify = async (password: string, hash: string | undefined): Promise<Verification> => {
    if (hash === undefined) await verifyArgon2id(password, await dummy)
    else if (isBcrypt(hash)) {
      if (await bcrypt.compare(password, hash)) return { kind: 'right', outdated: true }
    } else if (await verifyArgon2id(password, hash)) return { kind: 'right', outdated: !hasCost(hash, cost) }
    return { kind: 'wrong' }
  }

  return {
    hash: async (password, client = known) => {
      const ran = await tryRun(() => hashArgon2id(password, cost), client)
      return ran ? { kind: 'hashed', hash: ran.result } : busy
    },
    verify: async (password, hash, client = known) =>
      (await tryRun(() => verify(password, hash), client))?.result ?? busy,
  }
}
