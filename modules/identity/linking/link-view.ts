import type { IdentityKey } from '../user.ts'
import type { LinkOutcome, MergeSide } from './auth/link-identity.ts'
import type { LinkView, MaskedIdentity } from './schema.ts'

/** Shows enough of an identity for its owner to recognise it, and not enough for another person to use it. */
export function maskedIdentityOf({ provider, subject }: IdentityKey): MaskedIdentity {
  if (provider === 'telegram') return { provider, subject: `•••${subject.slice(-3)}` }
  const [name = '', domain = ''] = subject.split('@', 2)
  return { provider, subject: `${name.slice(0, 1)}•••@${domain}` }
}

const sideOf = ({ user, identities }: MergeSide, survivor_id: string) => ({
  name: user.name,
  created_at: user.created_at.toISOString(),
  is_survivor: user.id === survivor_id,
  identities: identities.map(maskedIdentityOf),
})

/** Shows that an identity is linked, or the two accounts that can be merged. */
export function linkViewOf(outcome: Exclude<LinkOutcome, { kind: 'refused' | 'not-found' }>): LinkView {
  if (outcome.kind === 'linked') return { status: 'linked', merge: null }
  const { merge_token, expires_in, own, other, survivor_id } = outcome
  const merge = { merge_token, expires_in, own: sideOf(own, survivor_id), other: sideOf(other, survivor_id) }
  return { status: 'merge_offered', merge }
}
