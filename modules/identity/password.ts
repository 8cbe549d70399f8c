/** Lengths in characters, as a person counts them. */
const shortest = 8
const longest = 128

export type Weakness = 'password-too-short' | 'password-too-long' | 'password-too-common'

/**
 * Says why a new password is not good enough; undefined when it is. Length and the list of passwords everybody tries
 * first, the owner's own e-mail included; no rules about capitals and digits, which make passwords worse (ASVS 6.2.5).
 */
export function weaknessOf(password: string, email: string, common: ReadonlySet<string>): Weakness | undefined {
  // Code points, not UTF-16 units: an emoji is one.
  const length = Array.from(password).length
  if (length < shortest) return 'password-too-short'
  if (length > longest) return 'password-too-long'
  const folded = password.toLowerCase()
  const ofOneCharacter = new Set(folded).size === 1
  const isOwnEmail = folded === email || folded === email.split('@', 1)[0]
  return ofOneCharacter || isOwnEmail || common.has(folded) ? 'password-too-common' : undefined
}
