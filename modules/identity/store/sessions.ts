import type { SessionEndReason } from '../schema.ts'
import type { Client } from '../session.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

type NewSession = Readonly<{
  id: string
  user_id: string
  client: Client
  created_at: Date
  expires_at: Date
  /** The hash of the first refresh token. */
  refresh_hash: Buffer
}>

/** Inserts a session with its first refresh token. */
export async function insertSession(tx: IdentityTx, session: NewSession): Promise<void> {
  const { refresh_hash, client, ...row } = session
  await tx
    .insertInto('identity.sessions')
    .values({ ...row, ...client, used_at: row.created_at })
    .execute()
  await tx
    .insertInto('identity.refresh_tokens')
    .values({ session_id: row.id, generation: 1, hash: refresh_hash })
    .execute()
}

/** The sessions of a user: all of them, `only` one, or all `except` one. */
export type SessionSelection = Readonly<{ user_id: string; only?: string; except?: string }>

type SessionEnd = Readonly<{ ended_at: Date; end_reason: SessionEndReason }>

/** Ends the sessions that have not ended or expired. Returns how many there were. */
export async function saveSessionEnds(
  tx: IdentityTx,
  { user_id, only, except }: SessionSelection,
  ending: SessionEnd,
): Promise<number> {
  let update = tx
    .updateTable('identity.sessions')
    .set(ending)
    .where('user_id', '=', user_id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', ending.ended_at)
  if (only !== undefined) update = update.where('id', '=', only)
  if (except !== undefined) update = update.where('id', '<>', except)
  const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

type SessionOfUser = Readonly<{ session_id: string; user_id: string; now: Date }>

/** True for a session of the user that has not ended or expired. It stays so until the transaction ends. */
export async function isSessionOpen(tx: IdentityTx, { session_id, user_id, now }: SessionOfUser): Promise<boolean> {
  const session = await tx
    .selectFrom('identity.sessions')
    .select('id')
    .where('id', '=', session_id)
    .where('user_id', '=', user_id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst()
  return session !== undefined
}

/** Sessions of a user that are looked at for their addresses. */
const recentSessions = 100

/**
 * Lists the addresses from which an e-mail was signed in to lately. A session that ended in another way than by logging out
 * may have been a thief's.
 */
export async function listKnownAddresses(db: IdentityDb, email: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('identity.sessions as session')
    .innerJoin('identity.identities as identity', 'identity.user_id', 'session.user_id')
    .select('session.ip')
    .where('identity.provider', '=', 'email')
    .where('identity.subject', '=', email)
    .where((the) => the.or([the('session.end_reason', 'is', null), the('session.end_reason', '=', 'logged_out')]))
    .orderBy('session.created_at', 'desc')
    .limit(recentSessions)
    .execute()
  return rows.map(({ ip }) => ip)
}
