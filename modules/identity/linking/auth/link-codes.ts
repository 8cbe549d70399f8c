import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { SigningKeys } from '../../auth/signing-keys.ts'

/**
 * Draws the codes of mails that a person types in, and checks them. They have sixteen digits, so that a guess at any mailbox
 * is hopeless from any number of sessions and networks: no limit on guesses has to keep the owner of the mailbox out (ADR 41).
 */
export type LinkCodes = Readonly<{
  /** The digits of a mail, and the value to store. It depends on the session and the mailbox, so no other row gives the same. */
  draw: (session_id: string, email: string) => Readonly<{ code: string; code_hmac: Buffer }>
  isRight: (code: string, stored: Readonly<{ session_id: string; email: string; code_hmac: Buffer }>) => boolean
}>

/** The key is derived from the one of access tokens, so the database alone does not give the codes away. */
export function openLinkCodes(keys: SigningKeys): LinkCodes {
  const key = createHmac('sha256', 'secret' in keys ? keys.secret : keys.privateKey)
    .update('link codes')
    .digest()
  const hmacOf = (...parts: readonly string[]) => createHmac('sha256', key).update(parts.join('\n')).digest()
  return {
    draw: (session_id, email) => {
      const groups = Array.from({ length: 4 }, () => String(randomInt(10_000)).padStart(4, '0'))
      return { code: groups.join(' '), code_hmac: hmacOf(session_id, email, groups.join('')) }
    },
    isRight: (code, { session_id, email, code_hmac }) =>
      timingSafeEqual(hmacOf(session_id, email, code.replaceAll(' ', '')), code_hmac),
  }
}
