import { afterCommit } from '#platform/db'
import type { Clock } from '#platform/values'
import { deleteOtherIdentities, findHolder, saveVerified } from '../store/identities.ts'
import { deleteCodesToOthers } from '../store/mail-codes.ts'
import { deleteMergeTokens } from '../store/merge-tokens.ts'
import type { IdentityTx } from '../store/tables.ts'
import { lockUser } from '../store/users.ts'
import type { Sessions } from './sessions.ts'
import type { StatusCache } from './status-cache.ts'

/**
 * Records that the owner of a mailbox has read a mail that was sent to it. Until then another person may have used the account.
 * So the first proof removes every other identity, and the codes and sessions that they could have brought. False when the
 * mailbox is not one of the user's any more.
 */
export type ProveMailbox = (tx: IdentityTx, mailbox: Readonly<{ user_id: string; email: string }>) => Promise<boolean>

type Needs = Readonly<{ now: Clock; sessions: Sessions; statusCache: StatusCache }>

export const openProveMailbox =
  ({ now, sessions, statusCache }: Needs): ProveMailbox =>
  async (tx, { user_id, email }) => {
    // A link or a merge that runs now waits for this lock, or this waits for it.
    await lockUser(tx, user_id)
    const holder = await findHolder(tx, { provider: 'email', subject: email })
    if (holder?.user_id !== user_id) return false
    if (holder.verified_at === null && (await deleteOtherIdentities(tx, { user_id, email })) > 0) {
      await deleteCodesToOthers(tx, { user_id, email })
      await deleteMergeTokens(tx, [user_id])
      await sessions.end(tx, { user_id }, 'email_verified')
    }
    afterCommit(tx, statusCache.clear)
    return await saveVerified(tx, { user_id, email, now: now() })
  }
