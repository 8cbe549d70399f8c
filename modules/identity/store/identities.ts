import { sql } from 'kysely'
import { publish } from '#platform/events'
import { emailVerified, identityLinked } from '../events.ts'
import type { IdentityKey, MovedIdentity } from '../merge.ts'
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

/** Deletes every identity of a user but one mailbox. Returns how many there were. */
export async function deleteOtherIdentities(tx: IdentityTx, { user_id, email }: Omit<Mailbox, 'now'>): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('identity.identities')
    .where('user_id', '=', user_id)
    .where((the) => the.or([the('provider', '<>', 'email'), the('subject', '<>', email)]))
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
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

/** Makes first sign-ins and links of one identity wait for each other. Lock users after it, never before. */
export async function lockIdentity(tx: IdentityTx, { provider, subject }: IdentityKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${provider} ${subject}`}, 0))`.execute(tx)
}

/** Finds the user with an identity, and whether the user proved it. */
export const findHolder = async (db: IdentityDb, { provider, subject }: IdentityKey) =>
  await db
    .selectFrom('identity.identities')
    .select(['user_id', 'verified_at'])
    .where('provider', '=', provider)
    .where('subject', '=', subject)
    .executeTakeFirst()

type Proven = Readonly<{ user_id: string; identity: IdentityKey; now: Date }>

/** The `conflicts` of a transaction that links an identity: a registration at the same moment may take the e-mail. */
export const linkConflict = { identities_provider_subject: 'identity-busy' } as const

/** Gives a proven identity to a user who does not have it yet: a free one, or one that another user only claimed. */
export async function insertIdentity(tx: IdentityTx, { user_id, identity, now }: Proven): Promise<void> {
  const { provider, subject } = identity
  await tx
    .deleteFrom('identity.identities')
    .where('provider', '=', provider)
    .where('subject', '=', subject)
    .where('verified_at', 'is', null)
    .execute()
  await tx
    .insertInto('identity.identities')
    .values({ user_id, provider, subject, verified_at: now, created_at: now })
    .execute()
  const verified = provider === 'email' ? [emailVerified({ user_id, email: subject })] : []
  await publish(tx, [identityLinked({ user_id, provider }), ...verified])
}

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

/** Deletes the password of a user without an e-mail to sign in with. */
export async function deleteUnusedPassword(tx: IdentityTx, user_id: string): Promise<void> {
  await sql`
    delete from identity.credentials where user_id = ${user_id}
      and not exists (select from identity.identities where user_id = ${user_id} and provider = 'email')`.execute(tx)
}
