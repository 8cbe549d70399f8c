import { createHash, createHmac, randomBytes } from 'node:crypto'

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** 256 random bits, and what the database keeps of them. Also used for invitation codes. */
export function newSecret(): Readonly<{ token: string; hash: Buffer }> {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOf(token) }
}

/** A salt for the successor of a token. */
export const newSalt = (): Buffer => randomBytes(32)

/**
 * The token that follows `token`. It takes the token, which only its holder has, and the salt, which only the database
 * has: so a lost answer can be given again, though nothing is stored that opens anything.
 */
export function successorOf(token: string, salt: Buffer): Readonly<{ token: string; hash: Buffer }> {
  const successor = createHmac('sha256', token).update(salt).digest('base64url')
  return { token: successor, hash: hashOf(successor) }
}

export { hashOf }
