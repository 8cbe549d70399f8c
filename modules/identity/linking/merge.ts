import { isRefusal, type Refused } from '#platform/outcome'
import { days } from '#platform/values'
import type { User, IdentityKey } from '../user.ts'

/** The milliseconds within which a merge can be reversed. */
export const revertTime = days(30)

/** The facts of an account that decide whether and how it is merged. */
export type Side = Pick<User, 'id' | 'status' | 'role' | 'is_superadmin' | 'created_at'>

export type MergeRefused = Refused<'account-blocked' | 'staff-account'>

/** `password_moves`: an account without a password gets that of the merged account. Otherwise that password rests. */
type MergeDecision = Readonly<{ kind: 'merge'; from: string; into: string; password_moves: boolean }> | MergeRefused

/** `was_verified`: the other user had proven the identity before. */
type Proof = Readonly<{ was_verified: boolean }>

const isStaff = ({ role, is_superadmin }: Side): boolean => role !== 'customer' || is_superadmin

/**
 * Decides the merge of the `own` account, whose session asks for it, with the `other` account, one of whose identities the
 * same person has proven. The older account survives, whichever of the two asks; so two requests at once agree. An account
 * whose only claim to a mailbox was never proven may be the trap of a person who registered the mailbox of another: it never
 * survives, and its password opens nothing unless the merge is reverted.
 */
export function decideMerge(own: Side, other: Side, { was_verified }: Proof): MergeDecision {
  if (own.status !== 'active' || other.status !== 'active') return { kind: 'refused', reason: 'account-blocked' }
  if (isStaff(own) || isStaff(other)) return { kind: 'refused', reason: 'staff-account' }
  const survivor = was_verified && isOlder(other, own) ? other : own
  const merged = survivor === own ? other : own
  return { kind: 'merge', from: merged.id, into: survivor.id, password_moves: was_verified }
}

const isOlder = (one: Side, other: Side): boolean =>
  one.created_at.getTime() === other.created_at.getTime() ? one.id < other.id : one.created_at < other.created_at

/** The account that has an identity. */
export type Holder = Readonly<{
  user: Side
  /** The identity that was proven now had been verified before. */
  was_verified: boolean
  /** The account has another identity that is verified. */
  has_other: boolean
}>

/** `is_proven`: an identity of the account is verified. */
export type OwnSide = Side & Readonly<{ is_proven: boolean }>

type LinkDecision =
  /** The identity is free, or belongs to the same account and becomes verified. */
  | Readonly<{ kind: 'link' }>
  /** Another account claimed the mailbox and never proved it: a proof outweighs a claim. */
  | Readonly<{ kind: 'take-over'; from: string }>
  | Readonly<{ kind: 'offer'; was_verified: boolean; into: string }>
  | MergeRefused
  | Refused<'email-not-verified'>

/**
 * Decides what follows when the owner of the `own` account has proven an identity that `holder` has. An account whose only
 * identity is a mailbox that was never proven may only prove that mailbox: a person who registered the mailbox of another
 * must leave no other way in behind.
 */
export function decideLink(own: OwnSide, holder: Holder | undefined): LinkDecision {
  if (holder?.user.id === own.id) return { kind: 'link' }
  if (!own.is_proven) return { kind: 'refused', reason: 'email-not-verified' }
  if (!holder) return { kind: 'link' }
  const { user: other, was_verified, has_other } = holder
  const merge = decideMerge(own, other, { was_verified })
  if (isRefusal(merge)) return merge
  if (!was_verified && has_other) return { kind: 'take-over', from: other.id }
  return { kind: 'offer', was_verified, into: merge.into }
}

type Way = IdentityKey & Readonly<{ verified_at: Date | null }>

/** True when one of the identities is verified. */
export const isProven = (identities: readonly Way[]): boolean =>
  identities.some(({ verified_at }) => verified_at !== null)

/** True when an account with these identities may add a mailbox, or prove its own: see `decideLink`. */
export const mayLinkEmail = (identities: readonly Way[], email: string): boolean =>
  isProven(identities) || identities.some(({ provider, subject }) => provider === 'email' && subject === email)

/** An identity that moved. `was_verified`: before the merge, whose proof may have been the first. */
export type MovedIdentity = IdentityKey & Readonly<{ was_verified: boolean }>

/** A merge that can still be reverted, or was. */
export type Merge = Readonly<{
  id: string
  from_id: string
  into_id: string
  identities: readonly MovedIdentity[]
  /** The ids of the saved addresses that moved. */
  addresses: readonly string[]
  merged_at: Date
  revertible_until: Date
  reverted_at: Date | null
}>

type RevertDecision =
  | Readonly<{ kind: 'revert' }>
  | Readonly<{ kind: 'reverted-before' }>
  | Refused<'merge-final' | 'account-closed'>

/** Decides whether a merge is reverted. A survivor that was merged or deleted since has no identities to give back. */
export function decideRevert(
  { revertible_until, reverted_at }: Merge,
  { into, now }: Readonly<{ into: Side | undefined; now: Date }>,
): RevertDecision {
  if (reverted_at) return { kind: 'reverted-before' }
  if (revertible_until <= now) return { kind: 'refused', reason: 'merge-final' }
  return into?.status === 'active' ? { kind: 'revert' } : { kind: 'refused', reason: 'account-closed' }
}
