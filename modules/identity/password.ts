/** The lengths of a new password. */
export const passwordLength = { minLength: 8, maxLength: 128 } as const

export type Weakness = 'password-too-common'

/**
 * Returns why a new password of a good length is refused, undefined when it is accepted. It checks a list of common passwords
 * and the user's own e-mail. Rules about capitals and digits make passwords worse (ASVS 6.2.5).
 */
export function weaknessOf(password: string, email: string, common: ReadonlySet<string>): Weakness | undefined {
  const folded = password.toLowerCase()
  const isOneCharacter = new Set(folded).size === 1
  const isOwnEmail = folded === email || folded === email.split('@', 1)[0]
  return isOneCharacter || isOwnEmail || common.has(folded) ? 'password-too-common' : undefined
}

/** Returns what is wrong with the length of a new password that no schema has checked. */
export function lengthIssueOf(password: string): 'password-too-short' | 'password-too-long' | undefined {
  // Code points, not UTF-16 units: an emoji is one character, as in the schema.
  const { length } = Array.from(password)
  if (length < passwordLength.minLength) return 'password-too-short'
  return length > passwordLength.maxLength ? 'password-too-long' : undefined
}
