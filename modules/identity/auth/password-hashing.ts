import { randomBytes } from 'node:crypto'
import bcrypt from 'bcryptjs'
import type { Refused } from '#platform/outcome'
import { Semaphore } from '#platform/semaphore'
import { hasCost, hashArgon2id, owaspCost, verifyArgon2id, type Cost } from './argon2id.ts'

/** The queue of hashes is full. `retry_after` is in seconds. */
export type Busy = Refused<'busy'> & Readonly<{ retry_after: number }>

type Verification = Readonly<{ kind: 'right'; outdated: boolean }> | Readonly<{ kind: 'wrong' }> | Busy

/** Hashes and verifies passwords. A hash is the most expensive work that a guest can cause, so its concurrency is bounded. */
export type PasswordHashing = Readonly<{
  hash: (password: string) => Promise<Readonly<{ kind: 'hashed'; hash: string }> | Busy>
  /** `hash` is undefined for an unknown e-mail: the verification then takes as long, and its result is `wrong`. */
  verify: (password: string, hash: string | undefined) => Promise<Verification>
}>

export type PasswordHashingSettings = Readonly<{
  cost?: Cost
  /** Hashes that run at once. */
  concurrency?: number
  /** Hashes that wait at most; further ones are refused. */
  maxWaiting?: number
}>

const busy: Busy = { kind: 'refused', reason: 'busy', retry_after: 2 }
const isBcrypt = (hash: string): boolean => /^\$2[abxy]\$/.test(hash)

export function openPasswordHashing({
  cost = owaspCost,
  concurrency = 2,
  maxWaiting = 50,
}: PasswordHashingSettings = {}): PasswordHashing {
  const semaphore = new Semaphore(concurrency, { maxWaiting })
  const dummy = hashArgon2id(randomBytes(16).toString('base64'), cost)

  const verify = async (password: string, hash: string | undefined): Promise<Verification> => {
    if (hash === undefined) await verifyArgon2id(password, await dummy)
    else if (isBcrypt(hash)) {
      if (await bcrypt.compare(password, hash)) return { kind: 'right', outdated: true }
    } else if (await verifyArgon2id(password, hash)) return { kind: 'right', outdated: !hasCost(hash, cost) }
    return { kind: 'wrong' }
  }

  return {
    hash: async (password) => {
      const ran = await semaphore.tryRun(() => hashArgon2id(password, cost))
      return ran ? { kind: 'hashed', hash: ran.result } : busy
    },
    verify: async (password, hash) => (await semaphore.tryRun(() => verify(password, hash)))?.result ?? busy,
  }
}
