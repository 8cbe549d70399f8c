import type { Transaction } from 'kysely'
import { after, newId } from '#platform/values'
import type { IdentityTables } from '../tables.ts'
import { newSecret } from '../tokens/refresh-token.ts'

/** Where somebody signs in from, as his list of sessions shows it. */
export type Visit = Readonly<{ device: string; ip: string }>

/** A session just opened, and the first refresh token of its family: only here is it known. */
export type OpenedSession = Readonly<{ id: string; expires_at: Date; refresh_token: string }>

type Opening = Readonly<{ user_id: string; visit: Visit; now: Date; ttl: number }>

/** Opens a session in the transaction of the sign-in. */
export async function openSession(tx: Transaction<IdentityTables>, opening: Opening): Promise<OpenedSession> {
  const { user_id, visit, now, ttl } = opening
  const id = newId()
  const expires_at = after(now, ttl)
  const { token, hash } = newSecret()
  await tx
    .insertInto('identity.sessions')
    .values({ id, user_id, ...visit, created_at: now, used_at: now, expires_at })
    .execute()
  await tx.insertInto('identity.refresh_tokens').values({ session_id: id, seq: 1, hash }).execute()
  return { id, expires_at, refresh_token: token }
}
