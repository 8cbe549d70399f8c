import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Hides a request and its response from a reader of the database. Everything is derived from the client's Idempotency-Key,
 * which the database does not have. So no row contains a token that opens a session, or a fast hash of a password.
 */
export type Seal = Readonly<{
  /** Stands for the key in the database. */
  name: string
  hash: (text: string) => Buffer
  close: (text: string) => string
  /** Throws when `sealed` was not closed with this key. */
  open: (sealed: string) => string
}>

const cipher = 'aes-256-gcm'
const [nonceBytes, tagBytes] = [12, 16]

/** The seal of an Idempotency-Key. */
export function sealOf(key: string): Seal {
  const derived = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `posad idempotency ${purpose}`, 32))
  const hash = (text: string) => createHmac('sha256', derived('hash')).update(text).digest()
  return {
    name: `sealed:${derived('name').toString('base64url')}`,
    hash,
    close: (text) => {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, derived('response'), nonce)
      const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()])
      return Buffer.concat([nonce, sealing.getAuthTag(), body]).toString('base64')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64')
      const opening = createDecipheriv(cipher, derived('response'), bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
      opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      const body = bytes.subarray(nonceBytes + tagBytes)
      return Buffer.concat([opening.update(body), opening.final()]).toString('utf8')
    },
  }
}
