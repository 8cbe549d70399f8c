import { sql } from 'kysely'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import type { TelegramPerson } from '../telegram-user.ts'

type NewLogin = Readonly<{
  token_hash: Buffer
  secret_hash: Buffer
  /** Null for a sign-in. */
  session_id: string | null
  number: number
  choices: readonly number[]
  device: string
  ip: string
  expires_at: Date
}>

/** Inserts a login that waits for its person. */
export async function insertDeeplinkLogin(db: IdentityDb, { choices, ...login }: NewLogin): Promise<void> {
  await db
    .insertInto('identity.deeplink_logins')
    .values({ ...login, choices: [...choices] })
    .execute()
}

type TokenKey = Readonly<{ token_hash: Buffer; now: Date }>

/** The browser that waits, and the numbers of which its person picks one; undefined unless the login waits. */
export const findWaitingLogin = async (db: IdentityDb, { token_hash, now }: TokenKey) =>
  await db
    .selectFrom('identity.deeplink_logins')
    .select(['device', 'ip', 'choices', 'expires_at'])
    .where('token_hash', '=', token_hash)
    .where('status', '=', 'waiting')
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** `person`: undefined when the person says that the login is of another. */
type Answer = TokenKey & Readonly<{ number: number; person: TelegramPerson | undefined }>

/** Approves a waiting login with the right number, or refuses it for good. Undefined when no such login waits. */
export async function saveLoginAnswer(
  db: IdentityDb,
  { token_hash, now, number, person }: Answer,
): Promise<'approved' | 'refused' | undefined> {
  const { rows } = await sql<{ status: 'approved' | 'refused' }>`
    update identity.deeplink_logins set
      status = case when ${person !== undefined} and number = ${number} then 'approved' else 'refused' end,
      telegram_user = case when ${person !== undefined} and number = ${number} then ${JSON.stringify(person ?? null)}::jsonb end
    where token_hash = ${token_hash} and status = 'waiting' and expires_at > ${now}
    returning status`.execute(db)
  return rows[0]?.status
}

type SecretKey = Readonly<{ secret_hash: Buffer; session_id: string | null; now: Date }>

/** The status of the login that a browser began, and its person once it is approved; undefined without such a login. */
export async function useDeeplinkLogin(tx: IdentityTx, { secret_hash, session_id, now }: SecretKey) {
  const login = await tx
    .selectFrom('identity.deeplink_logins')
    .select(['status', 'telegram_user'])
    .where('secret_hash', '=', secret_hash)
    .where('session_id', 'is not distinct from', session_id)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst()
  if (login?.status === 'approved') {
    await tx.deleteFrom('identity.deeplink_logins').where('secret_hash', '=', secret_hash).execute()
  }
  return login
}
