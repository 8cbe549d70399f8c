/** The mailbox of an e-mail address: `Anna+shop@example.org` reaches the same person as `anna@example.org`; undefined for no address. */
export function mailboxOf(email: string): string | undefined {
  const [, name, domain] = /^([^@+]+)[^@]*@(.+)$/.exec(email.toLowerCase()) ?? []
  return name === undefined ? undefined : `${name}@${domain}`
}

/** The prefixes with which one dials abroad, from most countries and from Russia, before a whole international number. */
const dialledAbroad = /^(?:00|810(?=\d{10}))/

/**
 * The digits of a phone with the code of its country; undefined for fewer than five. A Russian number has one form, however it
 * begins: +7, 007, 8 or nothing.
 */
export function phoneDigitsOf(phone: string): string | undefined {
  const digits = phone.replaceAll(/\D/g, '').replace(dialledAbroad, '')
  if (digits.length < 5) return undefined
  if (digits.length === 10 && digits.startsWith('9')) return `7${digits}`
  return digits.length === 11 && digits.startsWith('8') ? `7${digits.slice(1)}` : digits
}
