import { randomBytes } from 'node:crypto'
import bcrypt from 'bcryptjs'
import type { Refused } from '#platform/outcome'
import { addressKey, isPrivateAddress, Slots } from '#platform/limits'
import { Semaphore } from '#platform/semaphore'
import { hasCost, hashArgon2id, owaspCost, verifyArgon2id, type Cost } from './argon2id.ts'

/** The queue of hashes is full. `retry_after` is in seconds. */
export type Busy = Refused<'busy'> & Readonly<{ retry_after: number }>

type Verification = Readonly<{ kind: 'right'; outdated: boolean }> | Readonly<{ kind: 'wrong' }> | Busy

/**
 * `known`: a session, a code of the mailbox, or a device or an address from which the account was signed in to. It waits in a
 * queue of its own, and one account may send only some. A client that is not known waits with the others, of whom one network
 * may send only some. `command`: the operator of the shop.
 */
export type HashClient =
  | Readonly<{ kind: 'known'; account: string }>
  | Readonly<{ kind: 'unknown'; address: string }>
  | Readonly<{ kind: 'command' }>

/** Hashes and verifies passwords. A hash is the most expensive work that a guest can cause, so its concurrency is bounded. */
export type PasswordHashing = Readonly<{
  hash: (password: string, client: HashClient) => Promise<Readonly<{ kind: 'hashed'; hash: string }> | Busy>
  /** `hash` is undefined for an unknown e-mail: the verification then takes as long, and its result is `wrong`. */
  verify: (password: string, hash: string | undefined, client: HashClient) => Promise<Verification>
}>

export type PasswordHashingSettings = Readonly<{
  cost?: Cost
  /** Hashes that run at once. */
  concurrency?: number
  /** Hashes that wait at most; further ones are refused. */
  maxWaiting?: number
}>

/** Hashes of one network that run and wait at once. */
const maxPerNetwork = 10
/** Hashes of one account that run and wait at once. Of them one at a time competes with those of others. */
const maxPerAccount = 10

const busy: Busy = { kind: 'refused', reason: 'busy', retry_after: 2 }
const isBcrypt = (hash: string): boolean => /^\$2[abxy]\$/.test(hash)

export function openPasswordHashing({
  cost = owaspCost,
  concurrency = 2,
  maxWaiting = 50,
}: PasswordHashingSettings = {}): PasswordHashing {
  const semaphore = new Semaphore(concurrency, { maxWaiting })
  const networks = new Slots({ total: Infinity, perKey: maxPerNetwork })
  const accounts = new Slots({ total: Infinity, perKey: maxPerAccount })
  const turns = new Map<string, Semaphore>()
  const tryRun = async <Result>(work: () => Promise<Result>, client: HashClient) => {
    if (client.kind === 'command') return await semaphore.tryRun(work, { isUrgent: true })
    if (client.kind === 'known') return await tryRunOf(client.account, work)
    // Behind a proxy that the settings do not name, every client has the private address of the proxy.
    if (isPrivateAddress(client.address)) return await semaphore.tryRun(work)
    const release = networks.take(addressKey(client.address))
    return release && (await semaphore.tryRun(work).finally(release))
  }
  const tryRunOf = async <Result>(account: string, work: () => Promise<Result>) => {
    const release = accounts.take(account)
    if (!release) return undefined
    const turn = turns.get(account) ?? new Semaphore(1)
    turns.set(account, turn)
    try {
      return await turn.run(() => semaphore.tryRun(work, { isUrgent: true }))
    } finally {
      release()
      if (accounts.takenBy(account) === 0) turns.delete(account)
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
    hash: async (password, client) => {
      const ran = await tryRun(() => hashArgon2id(password, cost), client)
      return ran ? { kind: 'hashed', hash: ran.result } : busy
    },
    verify: async (password, hash, client) => (await tryRun(() => verify(password, hash), client))?.result ?? busy,
  }
}
