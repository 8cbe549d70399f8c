/** Lengths in characters, as a person counts them. */
const shortest = 8
const longest = 128

export type Weakness = 'password-too-short' | 'password-too-long' | 'password-too-common'

/**
 * Returns why a new password is refused, undefined when it is accepted. It checks the length, a list of common passwords
 * and the user's own e-mail. Rules about capitals and digits make passwords worse (ASVS 6.2.5).
 */
export function weaknessOf(password: string, email: string, common: ReadonlySet<string>): Weakness | undefined {
  // Code points, not UTF-16 units: an emoji is one character.
  const length = Array.from(password).length
  if (length < shortest) return 'password-too-short'
  if (length > longest) return 'password-too-long'
  const folded = password.toLowerCase()
  const isOneCharacter = new Set(folded).size === 1
  const isOwnEmail = folded === email || folded === email.split('@', 1)[0]
  return isOneCharacter || isOwnEmail || common.has(folded) ? 'password-too-common' : undefined
}
