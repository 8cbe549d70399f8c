import { afterCommit } from '#platform/db'
import type { Clock } from '#platform/values'
import { deleteAddresses } from '../store/addresses.ts'
import { deleteOtherIdentities, findHolder, saveVerified } from '../store/identities.ts'
import { deleteCodesToOthers } from '../store/mail-codes.ts'
import { deleteMergeTokens } from '../store/merge-tokens.ts'
import { isSessionOpen } from '../store/sessions.ts'
import type { IdentityTx } from '../store/tables.ts'
import { deletePassword, lockUser } from '../store/users.ts'
import type { Sessions } from './sessions.ts'
import type { StatusCache } from './status-cache.ts'

/** `session_id`: the session of the request that brings the proof; absent without one. It may be that of another account. */
type Proof = Readonly<{ user_id: string; email: string; session_id?: string | undefined }>

/** `password-removed`: the mailbox is proven, and the account has neither a password nor a session any more. */
type ProvenMailbox = 'proven' | 'password-removed' | 'not-holder'

/**
 * Records that the owner of a mailbox has read a mail that was sent to it. Until then another person may have registered the
 * account and chosen its password. So the first proof removes every other identity, with the codes and sessions that they could
 * have brought. A first proof outside the sessions of the account also removes the password and the addresses, and ends all
 * sessions, in the transaction that publishes `email-verified`: the orders of guests go to this account when modules handle it.
 * `not-holder`: the mailbox is not one of the user's any more.
 */
export type ProveMailbox = (tx: IdentityTx, proof: Proof) => Promise<ProvenMailbox>

type Needs = Readonly<{ now: Clock; sessions: Sessions; statusCache: StatusCache }>

export const openProveMailbox =
  ({ now, sessions, statusCache }: Needs): ProveMailbox =>
  async (tx, { user_id, email, session_id }) => {
    // A link or a merge that runs now waits for this lock, or this waits for it.
    await lockUser(tx, user_id)
    const holder = await findHolder(tx, { provider: 'email', subject: email })
    if (holder?.user_id !== user_id) return 'not-holder'
    if (holder.verified_at !== null) return 'proven'
    const isOwn = session_id !== undefined && (await isSessionOpen(tx, { session_id, user_id, now: now() }))
    const hadOthers = (await deleteOtherIdentities(tx, { user_id, email })) > 0
    // A login that verifies the password now keeps its row locked until its session is open: delete it before the sessions end.
    if (!isOwn) await deletePassword(tx, user_id)
    // The goods of the owner must not go to an address that the other person has saved.
    if (!isOwn) await deleteAddresses(tx, [user_id])
    if (!isOwn || hadOthers) {
      await deleteCodesToOthers(tx, { user_id, email })
      await deleteMergeTokens(tx, [user_id])
      await sessions.end(tx, { user_id }, 'email_verified')
    }
    afterCommit(tx, statusCache.clear)
    if (!(await saveVerified(tx, { user_id, email, now: now() }))) return 'not-holder'
    return isOwn ? 'proven' : 'password-removed'
  }
