import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import { after, minutes, type Clock } from '#platform/values'
import type { ProveMailbox } from '../../auth/prove-mailbox.ts'
import { newToken } from '../../auth/refresh-tokens.ts'
import {
  deleteUnusedPassword,
  findHolder,
  insertIdentity,
  listIdentities,
  lockIdentity,
} from '../../store/identities.ts'
import { insertMergeToken } from '../../store/merge-tokens.ts'
import { isSessionOpen } from '../../store/sessions.ts'
import type { IdentityTx } from '../../store/tables.ts'
import { lockUser, lockUsers } from '../../store/users.ts'
import type { IdentityKey, User } from '../../user.ts'
import { decideLink, isProven, type Holder, type MergeRefused } from '../merge.ts'

/** An account with its ways to sign in, for the preview of a merge. */
export type MergeSide = Readonly<{ user: User; identities: readonly IdentityKey[] }>

/** The right to merge two accounts, for the session that proved an identity of the other. */
type OfferedMerge = Readonly<{
  kind: 'merge-offered'
  merge_token: string
  /** Seconds. */
  expires_in: number
  own: MergeSide
  other: MergeSide
  survivor_id: string
}>

export type LinkOutcome =
  | Readonly<{ kind: 'linked' }>
  | OfferedMerge
  | MergeRefused
  | NotFound
  | Refused<'identity-busy' | 'email-not-verified'>

/** The user of the session, and the identity that the same person has just proven. */
type LinkInput = IdentityKey & Readonly<{ user_id: string; session_id: string }>

/**
 * Gives a proven identity to the user of a session, in the transaction of a slice. An identity of another account gives a
 * token to merge the two.
 */
export type LinkIdentity = (tx: IdentityTx, input: LinkInput) => Promise<LinkOutcome>

const tokenLifetime = minutes(15)

export const openLinkIdentity =
  ({ now, proveMailbox }: Readonly<{ now: Clock; proveMailbox: ProveMailbox }>): LinkIdentity =>
  async (tx, { user_id, session_id, provider, subject }) => {
    const identity = { provider, subject }
    await lockIdentity(tx, identity)
    const seen = await findHolder(tx, identity)
    const [own, other] =
      seen && seen.user_id !== user_id
        ? await lockUsers(tx, [user_id, seen.user_id])
        : [await lockUser(tx, user_id), undefined]
    if (own?.status !== 'active') return notFound('user')
    // The proof of the mailbox may have ended this session meanwhile, because another person opened it.
    if (!(await isSessionOpen(tx, { session_id, user_id, now: now() }))) return notFound('user')
    // A merge or a registration at this moment may have given the identity to a user who is not locked.
    const row = await findHolder(tx, identity)
    if (row?.user_id !== seen?.user_id) return { kind: 'refused', reason: 'identity-busy' }
    const holder = row && (await holderOf(tx, { user: other ?? own, identity, was_verified: row.verified_at !== null }))

    const is_proven = isProven(await listIdentities(tx, own.id))
    const decided = decideLink({ ...own, is_proven }, holder)
    if (isRefusal(decided)) return decided
    if (decided.kind !== 'offer') {
      if (row?.user_id !== user_id) await insertIdentity(tx, { user_id, identity, now: now() })
      else if (provider === 'email') await proveMailbox(tx, { user_id, email: subject, session_id })
      if (decided.kind === 'take-over') await deleteUnusedPassword(tx, decided.from)
      return { kind: 'linked' }
    }
    if (!other) throw new Error('A merge is offered with another user only')
    const { token, hash } = newToken()
    const { was_verified, into } = decided
    const expires_at = after(now(), tokenLifetime)
    await insertMergeToken(tx, { hash, ...identity, session_id, other_user_id: other.id, was_verified, expires_at })
    return {
      kind: 'merge-offered',
      merge_token: token,
      expires_in: tokenLifetime / 1000,
      own: { user: own, identities: await listIdentities(tx, own.id) },
      other: { user: other, identities: await listIdentities(tx, other.id) },
      survivor_id: into,
    }
  }

type Held = Readonly<{ user: User; identity: IdentityKey; was_verified: boolean }>

async function holderOf(tx: IdentityTx, { user, identity, was_verified }: Held): Promise<Holder> {
  const identities = await listIdentities(tx, user.id)
  const has_other = identities.some(
    ({ provider, subject, verified_at }) =>
      verified_at !== null && (provider !== identity.provider || subject !== identity.subject),
  )
  return { user, was_verified, has_other }
}
