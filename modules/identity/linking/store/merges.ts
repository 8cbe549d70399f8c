import { sql } from 'kysely'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import type { Merge } from '../merge.ts'
import { maxMerges } from '../schema.ts'

const columns = [
  'id',
  'from_id',
  'into_id',
  'identities',
  'addresses',
  'merged_at',
  'revertible_until',
  'reverted_at',
] as const

/** Records a merge, so that it can be reverted. */
export async function insertMerge(tx: IdentityTx, { identities, ...merge }: Omit<Merge, 'reverted_at'>): Promise<void> {
  await tx
    .insertInto('identity.merges')
    .values({ ...merge, identities: JSON.stringify(identities) })
    .execute()
}

/** Finds a merge that is recorded. */
export const findMerge = async (db: IdentityDb, id: string): Promise<Merge | undefined> =>
  await db.selectFrom('identity.merges').select(columns).where('id', '=', id).executeTakeFirst()

/** Lists the merges into a user that can be reverted, newest first. */
export const listMerges = async (db: IdentityDb, into_id: string, now: Date) =>
  await db
    .selectFrom('identity.merges')
    .innerJoin('identity.users as merged', 'merged.id', 'from_id')
    .select(['identity.merges.id', 'identities', 'merged_at', 'revertible_until', 'merged.name'])
    .where('into_id', '=', into_id)
    .where('reverted_at', 'is', null)
    .where('revertible_until', '>', now)
    .orderBy('merged_at', 'desc')
    .limit(maxMerges)
    .execute()

/** Marks a user as merged, or as a user of its own again. */
export async function saveMergedInto(
  tx: IdentityTx,
  { user_id, into, now }: Readonly<{ user_id: string; into: string | null; now: Date }>,
): Promise<void> {
  await tx
    .updateTable('identity.users')
    .set({ status: into === null ? 'active' : 'merged', merged_into: into, updated_at: now })
    .where('id', '=', user_id)
    .execute()
}

/** Records that a merge was reverted. The record then names no identity any more. */
export async function saveReverted(tx: IdentityTx, id: string, reverted_at: Date): Promise<void> {
  await tx.updateTable('identity.merges').set({ reverted_at, identities: '[]' }).where('id', '=', id).execute()
}

type Passwords = Readonly<{ from: string; into: string }>

/** Gives the password of a user to another who has none. The row of `from` opens nothing while it has no identity. */
export async function copyPassword(tx: IdentityTx, { from, into }: Passwords): Promise<void> {
  await sql`
    insert into identity.credentials (user_id, password_hash, changed_at)
    select ${into}, password_hash, changed_at from identity.credentials where user_id = ${from}
    on conflict (user_id) do nothing`.execute(tx)
}

/** Deletes the password that a user got from another, unless it was changed since. */
export async function deleteCopiedPassword(tx: IdentityTx, { from, into }: Passwords): Promise<void> {
  await sql`
    delete from identity.credentials copy using identity.credentials original
    where copy.user_id = ${into} and original.user_id = ${from} and copy.password_hash = original.password_hash`.execute(
    tx,
  )
}

/** Gives the codes in mails to another user, so that the links of the mails still work. */
export async function moveMailCodes(tx: IdentityTx, { from, into }: Passwords): Promise<void> {
  await tx.updateTable('identity.mail_codes').set({ user_id: into }).where('user_id', '=', from).execute()
}
