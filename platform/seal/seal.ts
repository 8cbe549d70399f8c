import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts texts with AES-256-GCM under a key that the database does not have. */
export type Seal = Readonly<{
  close: (text: string) => string
  /** Throws `WrongSeal` when the text was closed with another secret or for another purpose, or was changed. */
  open: (sealed: string) => string
}>

const nonceBytes = 12
const tagBytes = 16

/** A text was closed with another secret or for another purpose, or was changed. */
export class WrongSeal extends Error {
  constructor(purpose: string, cause: unknown) {
    super(`Another secret sealed this text (${purpose}), or the text was changed`, { cause })
    this.name = 'WrongSeal'
  }
}

/** Derives a key from `secret`, another one for each purpose such as `mail queue`. */
export function openSeal(secret: string, purpose: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `posad ${purpose}`, 32))
  return {
    close: (text) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      const nonce = bytes.subarray(0, nonceBytes)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const body = decipher.update(bytes.subarray(nonceBytes + tagBytes))
        return Buffer.concat([body, decipher.final()]).toString('utf8')
      } catch (error) {
        throw new WrongSeal(purpose, error)
      }
    },
  }
}
