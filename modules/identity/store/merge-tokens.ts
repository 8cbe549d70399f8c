import { sql } from 'kysely'
import type { IdentityKey } from '../user.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

/** A session whose user has proven an identity of another user. */
export type MergeOffer = IdentityKey &
  Readonly<{ session_id: string; other_user_id: string; was_verified: boolean; expires_at: Date }>

/** Inserts a token; an earlier one of the session ends. */
export async function insertMergeToken(tx: IdentityTx, offer: MergeOffer & Readonly<{ hash: Buffer }>): Promise<void> {
  await tx.deleteFrom('identity.merge_tokens').where('session_id', '=', offer.session_id).execute()
  await tx.insertInto('identity.merge_tokens').values(offer).execute()
}

type Key = Readonly<{ hash: Buffer; session_id: string; now: Date }>

/** Finds the offer of a token that has not expired, in the session that got it. */
export const findMergeOffer = async (db: IdentityDb, { hash, session_id, now }: Key): Promise<MergeOffer | undefined> =>
  await db
    .selectFrom('identity.merge_tokens')
    .select(['provider', 'subject', 'session_id', 'other_user_id', 'was_verified', 'expires_at'])
    .where('hash', '=', hash)
    .where('session_id', '=', session_id)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/**
 * Deletes a token. False when another request has used it, its session has ended, or the proven identity belongs to another
 * user since. Call it after the two users are locked.
 */
export async function useMergeToken(tx: IdentityTx, hash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    delete from identity.merge_tokens token using identity.sessions session, identity.identities identity
    where token.hash = ${hash} and session.id = token.session_id and session.ended_at is null
      and identity.provider = token.provider and identity.subject = token.subject
      and identity.user_id = token.other_user_id
    returning token.hash`.execute(tx)
  return rows.length > 0
}

/** Deletes the tokens of these users, and those that offer to merge them. */
export async function deleteMergeTokens(tx: IdentityTx, user_ids: readonly string[]): Promise<void> {
  await sql`
    delete from identity.merge_tokens where other_user_id = any(${user_ids}::uuid[])
      or session_id in (select id from identity.sessions where user_id = any(${user_ids}::uuid[]))`.execute(tx)
}
