import type { Caller } from '#platform/access'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { OwnerRefused, ProveOwner } from '../../auth/owner-proof.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { mergeReverted } from '../../events.ts'
import { actorOf } from '../../store/actor.ts'
import { returnAddresses } from '../../store/addresses.ts'
import { insertAudit } from '../../store/audit.ts'
import { deleteUnusedPassword, listIdentities } from '../../store/identities.ts'
import { deleteMergeTokens } from '../../store/merge-tokens.ts'
import { isSessionOpen } from '../../store/sessions.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { lockUsers } from '../../store/users.ts'
import { decideRevert, type Merge } from '../merge.ts'
import { deleteCopiedPassword, findMerge, saveMergedInto, saveReverted } from '../store/merges.ts'
import { returnIdentities } from '../store/moved-identities.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; sessions: Sessions; proveOwner: ProveOwner }>

/** The owner of the account that survived. Her session stays open. */
type Owner = Readonly<{ user_id: string; session_id: string; password?: string | undefined }>
/** `owner`: the merge must have been into this account, and its owner proves that she uses the session; absent for staff. */
type RevertMergeInput = Readonly<{ merge_id: string; caller: Caller; owner?: Owner }>
export type RevertMergeOutcome =
  | Readonly<{ kind: 'reverted' }>
  | NotFound
  | OwnerRefused
  | Refused<'merge-final' | 'account-closed' | 'identity-gone'>
export type RevertMerge = (input: RevertMergeInput) => Promise<RevertMergeOutcome>

/**
 * Makes a merged account one of its own again, with the identities that it had. The other sessions of the survivor end,
 * because an identity of the merged account may have opened them. A repeat changes nothing.
 */
export const revertMerge =
  ({ db, now, sessions, proveOwner }: Needs): RevertMerge =>
  async ({ merge_id, caller, owner }) => {
    const seen = await findMerge(db, merge_id)
    if (!seen || (owner && seen.into_id !== owner.user_id)) return notFound('merge')
    const proof = owner && (await proveOwner(owner))
    if (proof && isRefusal(proof)) return proof

    return await transaction(db, async (tx): Promise<RevertMergeOutcome> => {
      const found = await findMerge(tx, merge_id)
      if (!found) return notFound('merge')
      const { from_id: from, into_id: into } = found
      const [, survivor] = await lockUsers(tx, [from, into])
      const merge = (await findMerge(tx, merge_id)) ?? found
      const at = now()
      // A change of the password since the proof has ended the session, unless it was made there.
      if (owner && !(await isSessionOpen(tx, { ...owner, now: at })))
        return { kind: 'refused', reason: 'sign-in-again' }
      const decided = decideRevert(merge, { into: survivor, now: at })
      if (isRefusal(decided)) return decided
      if (decided.kind === 'reverted-before') return { kind: 'reverted' }

      const returned = await returnIdentities(tx, { from: into, into: from, identities: merge.identities })
      const remaining = await listIdentities(tx, into)
      // Another account may have proven a mailbox since that was only claimed.
      if (returned === 0 || remaining.length === 0) return { kind: 'refused', reason: 'identity-gone' }
      await saveRevert(tx, merge, at)
      const except = owner ? { except: owner.session_id } : {}
      await sessions.end(tx, { user_id: into, ...except }, 'merge_reverted')
      const entry = {
        actor: await actorOf(tx, caller),
        action: 'merge_reverted',
        details: { merge_id, from, into },
        subject_type: 'users',
      } as const
      for (const subject_id of [from, into]) await insertAudit(tx, { ...entry, subject_id })
      await publish(tx, [mergeReverted({ merge_id, from, into })])
      return { kind: 'reverted' }
    })
  }

async function saveRevert(tx: IdentityTx, { id, addresses, ...merge }: Merge, now: Date): Promise<void> {
  const { from_id: from, into_id: into } = merge
  await returnAddresses(tx, { from: into, into: from, addresses })
  await tx.deleteFrom('identity.mail_codes').where('user_id', '=', into).execute()
  await deleteCopiedPassword(tx, { from, into })
  await deleteUnusedPassword(tx, into)
  await deleteMergeTokens(tx, [into])
  await saveMergedInto(tx, { user_id: from, into: null, now })
  await saveReverted(tx, id, now)
}
