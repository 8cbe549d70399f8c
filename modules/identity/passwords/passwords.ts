import { randomBytes } from 'node:crypto'
import bcrypt from 'bcryptjs'
import type { Refused } from '#platform/outcome'
import { hashArgon2id, isMadeWith, owaspCost, verifyArgon2id, type Cost } from './argon2id.ts'
import { gate } from './gate.ts'

/** Too many hashes are wanted at once: come again in `retry_after` seconds. */
export type Busy = Refused<'busy'> & Readonly<{ retry_after: number }>

type Verified = Readonly<{ kind: 'right'; outdated: boolean }> | Readonly<{ kind: 'wrong' }> | Busy

/** Hashing of passwords: the dearest thing a stranger can make us do, hence its narrow gate. */
export type Passwords = Readonly<{
  hash: (password: string) => Promise<Readonly<{ kind: 'hashed'; hash: string }> | Busy>
  /** Without a hash (nobody has this e-mail) it works just as long, and the answer is wrong. */
  verify: (password: string, hash: string | undefined) => Promise<Verified>
}>

export type PasswordSettings = Readonly<{ cost?: Cost; atOnce?: number; queue?: number }>

const busy: Busy = { kind: 'refused', reason: 'busy', retry_after: 2 }
const isBcrypt = (hash: string): boolean => /^\$2[abxy]\$/.test(hash)

/** At most `atOnce` hashes run, `queue` wait, the rest is refused. */
export function openPasswords({ cost = owaspCost, atOnce = 2, queue = 50 }: PasswordSettings = {}): Passwords {
  const pass = gate({ width: atOnce, queue })
  const dummy = hashArgon2id(randomBytes(16).toString('base64'), cost)

  const check = async (password: string, hash: string | undefined): Promise<Verified> => {
    if (hash === undefined) await verifyArgon2id(password, await dummy)
    else if (isBcrypt(hash)) {
      if (await bcrypt.compare(password, hash)) return { kind: 'right', outdated: true }
    } else if (await verifyArgon2id(password, hash)) return { kind: 'right', outdated: !isMadeWith(hash, cost) }
    return { kind: 'wrong' }
  }

  return {
    hash: async (password) => {
      const passed = await pass(() => hashArgon2id(password, cost))
      return passed ? { kind: 'hashed', hash: passed.result } : busy
    },
    verify: async (password, hash) => (await pass(() => check(password, hash)))?.result ?? busy,
  }
}
