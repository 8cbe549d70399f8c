import { sql } from 'kysely'
import { publish } from '#platform/events'
import { emailVerified, identityLinked } from '../events.ts'
import type { IdentityKey } from '../user.ts'
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
export const listIdentities = async (db: IdentityDb, user_id: string, limit?: number) =>
  await db
    .selectFrom('identity.identities')
    .select(['provider', 'subject', 'verified_at', 'created_at'])
    .where('user_id', '=', user_id)
    .orderBy('created_at')
    .orderBy('provider')
    .$if(limit !== undefined, (query) => query.limit(limit!))
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

/** Deletes the password of a user without an e-mail to sign in with. */
export async function deleteUnusedPassword(tx: IdentityTx, user_id: string): Promise<void> {
  await sql`
    delete from identity.credentials where user_id = ${user_id}
      and not exists (select from identity.identities where user_id = ${user_id} and provider = 'email')`.execute(tx)
}
