import { createHash, createHmac, randomBytes } from 'node:crypto'

/** A token for a client, and the hash of it for the database. */
type HashedToken = Readonly<{ token: string; hash: Buffer }>

/** SHA-256 is enough for a token of 256 random bits. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A token of 256 random bits: a refresh token, or the code of an invitation. */
export function newToken(): HashedToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOf(token) }
}

/** A salt for the successor of a refresh token. */
export const newSalt = (): Buffer => randomBytes(32)

/**
 * Derives the successor of a refresh token. Only the client has `token` and only the database has `salt`, so the server
 * can repeat a lost response although neither of the two opens a session by itself.
 */
export function successorOf(token: string, salt: Buffer): HashedToken {
  const successor = createHmac('sha256', token).update(salt).digest('base64url')
  return { token: successor, hash: hashOf(successor) }
}
