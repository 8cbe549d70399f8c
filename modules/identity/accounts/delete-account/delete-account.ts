import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { OwnerRefused, ProveOwner } from '../../auth/owner-proof.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { userDeleted } from '../../events.ts'
import { deleteAddresses } from '../../store/addresses.ts'
import { deleteMergeTokens } from '../../store/merge-tokens.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; proveOwner: ProveOwner; sessions: Sessions }>
type DeleteAccountInput = Readonly<{ user_id: string; session_id: string; password?: string | undefined }>
export type DeleteAccountOutcome = Readonly<{ kind: 'deleted' }> | NotFound | OwnerRefused
export type DeleteAccount = (input: DeleteAccountInput) => Promise<DeleteAccountOutcome>

/**
 * Deletes an account: nothing in identity names the person any more, and the e-mail and the Telegram account are free. The id
 * stays as the pseudonym of money records. Other modules anonymise their rows when they handle `user-deleted`.
 */
export const deleteAccount =
  ({ db, now, proveOwner, sessions }: Needs): DeleteAccount =>
  async (input) => {
    const { user_id } = input
    const proof = await proveOwner(input)
    if (isRefusal(proof)) return proof
    return await transaction(db, async (tx): Promise<DeleteAccountOutcome> => {
      const user = await lockUser(tx, user_id)
      if (user?.status !== 'active') return notFound('user')
      await sessions.end(tx, { user_id }, 'deleted')
      await deletePersonalData(tx, await mergedInto(tx, user_id), now())
      await tx.updateTable('identity.users').set({ status: 'deleted' }).where('id', '=', user_id).execute()
      await publish(tx, [userDeleted({ user_id })])
      return { kind: 'deleted' }
    })
  }

/** The user, and all accounts that were merged into it: they belong to the same person. */
async function mergedInto(tx: IdentityTx, user_id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive accounts(id) as (
      select ${user_id}::uuid union select users.id from identity.users join accounts on merged_into = accounts.id)
    select id from accounts`.execute(tx)
  return rows.map(({ id }) => id)
}

async function deletePersonalData(tx: IdentityTx, user_ids: readonly string[], now: Date): Promise<void> {
  await tx.deleteFrom('identity.identities').where('user_id', 'in', user_ids).execute()
  await deleteAddresses(tx, user_ids)
  await tx.deleteFrom('identity.credentials').where('user_id', 'in', user_ids).execute()
  await tx.deleteFrom('identity.mail_codes').where('user_id', 'in', user_ids).execute()
  await sql`
    delete from identity.email_links where session_id in (
      select id from identity.sessions where user_id = any(${user_ids}::uuid[]))`.execute(tx)
  await deleteMergeTokens(tx, user_ids)
  await tx.deleteFrom('identity.merges').where('into_id', 'in', user_ids).execute()
  await tx.updateTable('identity.sessions').set({ device: '', ip: '' }).where('user_id', 'in', user_ids).execute()
  const anonymous = { name: '', role: 'customer', is_superadmin: false, updated_at: now } as const
  await tx.updateTable('identity.users').set(anonymous).where('id', 'in', user_ids).execute()
}
