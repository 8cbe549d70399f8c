import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'

/** The cost of a hash: memory in KiB, passes, lanes. */
export type Cost = Readonly<{ memory: number; passes: number; parallelism: number }>

/** The minimum that OWASP recommends. One hash takes 29 ms of one core. */
export const owaspCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 }

type Phc = Cost & Readonly<{ nonce: Buffer; tag: Buffer }>

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>
const pattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** Hashes a password into a PHC string, which contains its own cost and nonce. */
export async function hashArgon2id(password: string, cost: Cost): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive('argon2id', { ...cost, message: password.normalize('NFC'), nonce, tagLength: 32 })
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
}

/** False also for a string that is no PHC string of Argon2id. */
export async function verifyArgon2id(password: string, phc: string): Promise<boolean> {
  const parsed = parse(phc)
  if (!parsed) return false
  const { tag, ...parameters } = parsed
  const message = password.normalize('NFC')
  return timingSafeEqual(tag, await derive('argon2id', { ...parameters, message, tagLength: tag.length }))
}

/** True when the hash has exactly this cost. */
export function hasCost(phc: string, { memory, passes, parallelism }: Cost): boolean {
  const parsed = parse(phc)
  return parsed?.memory === memory && parsed.passes === passes && parsed.parallelism === parallelism
}

function parse(phc: string): Phc | undefined {
  const [, memory, passes, parallelism, nonce, tag] = pattern.exec(phc) ?? []
  if (!nonce || !tag) return undefined
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}
