import { publish } from '#platform/events'
import { emailVerified } from '../events.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

type Mailbox = Readonly<{ user_id: string; email: string; now: Date }>

/**
 * Records that a user has read a mail to the mailbox, and publishes it the first time. False when the mailbox is not one of
 * the user's any more.
 */
export async function saveVerified(tx: IdentityTx, { user_id, email, now }: Mailbox): Promise<boolean> {
  const row = await tx
    .selectFrom('identity.identities')
    .select('verified_at')
    .where('provider', '=', 'email')
    .where('subject', '=', email)
    .where('user_id', '=', user_id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return false
  if (row.verified_at) return true
  await tx
    .updateTable('identity.identities')
    .set({ verified_at: now })
    .where('provider', '=', 'email')
    .where('subject', '=', email)
    .execute()
  await publish(tx, [emailVerified({ user_id, email })])
  return true
}

/** Lists the ways of a user to sign in, oldest first. */
export const listIdentities = async (db: IdentityDb, user_id: string) =>
  await db
    .selectFrom('identity.identities')
    .select(['provider', 'subject', 'verified_at', 'created_at'])
    .where('user_id', '=', user_id)
    .orderBy('created_at')
    .orderBy('provider')
    .execute()
