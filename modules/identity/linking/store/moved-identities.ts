import { sql } from 'kysely'
import type { IdentityTx } from '../../store/tables.ts'
import type { MovedIdentity } from '../merge.ts'

type Move = Readonly<{ from: string; into: string }>

/** Gives the identities of one user to another, and returns them. */
export async function moveIdentities(tx: IdentityTx, { from, into }: Move): Promise<readonly MovedIdentity[]> {
  const { rows } = await sql<MovedIdentity>`
    update identity.identities set user_id = ${into} where user_id = ${from}
    returning provider, subject, verified_at is not null as was_verified`.execute(tx)
  return rows
}

/**
 * Gives identities back to the user who had them before a merge, and returns how many there were. One that the merge verified
 * is unverified again: the password of that user may be the one of a person who registered the mailbox of another.
 */
export async function returnIdentities(
  tx: IdentityTx,
  { from, into, identities }: Move & Readonly<{ identities: readonly MovedIdentity[] }>,
): Promise<number> {
  const { rows } = await sql`
    update identity.identities moved set user_id = ${into}, verified_at = case when was_verified then verified_at end
    from jsonb_to_recordset(${JSON.stringify(identities)}::jsonb) as one(provider text, subject text, was_verified boolean)
    where user_id = ${from} and moved.provider = one.provider and moved.subject = one.subject
    returning moved.provider`.execute(tx)
  return rows.length
}
