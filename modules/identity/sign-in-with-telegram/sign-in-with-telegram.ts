import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused } from '#platform/outcome'
import { localeOf, type Clock, type Locale } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../auth/login-limits.ts'
import type { Sessions, SignedIn } from '../auth/sessions.ts'
import type { TelegramData, TelegramUser, WidgetData } from '../auth/telegram-data.ts'
import { userRegistered } from '../events.ts'
import type { Client } from '../session.ts'
import type { IdentityDb, IdentityTx } from '../store/tables.ts'
import { findTelegramUser, findUser, insertTelegramUser } from '../store/users.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; telegram: TelegramData; limits: LoginLimits; sessions: Sessions }>
type SignInInput = Readonly<{
  proof: Readonly<{ init_data: string }> | Readonly<{ widget: WidgetData }>
  /** For a user who is new and whose Telegram says no language. */
  locale: Locale
  client: Client
}>
export type SignInOutcome =
  | SignedIn
  | Refused<
      'invalid-telegram-data' | 'telegram-data-expired' | 'telegram-data-used' | 'telegram-off' | 'account-blocked'
    >
  | TooManyAttempts
export type SignInWithTelegram = (input: SignInInput) => Promise<SignInOutcome>

/** A reload of the page sends the same data again. More sessions than this are not reloads. */
const maxUses = 20

/** Signs in the user whose data Telegram signed. The first sign-in creates the account with the name and language of Telegram. */
export const signInWithTelegram =
  ({ db, now, telegram, limits, sessions }: Needs): SignInWithTelegram =>
  async ({ proof, locale, client }) => {
    const attempt = limits.takeCode(client.ip)
    if (isRefusal(attempt)) return attempt
    const verified =
      'init_data' in proof ? telegram.verifyMiniApp(proof.init_data, now()) : telegram.verifyWidget(proof.widget, now())
    if (isRefusal(verified)) return verified
    const { user: person } = verified
    const entered = await transaction(db, async (tx) => {
      if (!(await useProof(tx, person.proof))) return { kind: 'refused', reason: 'telegram-data-used' } as const
      const user_id = await findOrInsert(tx, { person, locale, now: now() })
      // The insert waits for staff who block the account at this moment: the status is read after it.
      const session = await sessions.open(tx, user_id, client)
      const user = await findUser(tx, user_id)
      if (user?.status !== 'active') return { kind: 'refused', reason: 'account-blocked' } as const
      return { kind: 'entered', user, session } as const
    })
    if (isRefusal(entered)) return entered
    attempt.cancel()
    return await sessions.issueTokens(db, entered.user, entered.session)
  }

/** Counts a use of the data. False when the data of a widget was used before, or that of a Mini App too often. */
async function useProof(tx: IdentityTx, { hash, kind, expires_at }: TelegramUser['proof']): Promise<boolean> {
  const limit = kind === 'widget' ? 1 : maxUses
  const used = await tx
    .insertInto('identity.telegram_proofs')
    .values({ hash, kind, uses: 1, expires_at })
    .onConflict((conflict) =>
      conflict
        .column('hash')
        .doUpdateSet((row) => ({ uses: row('identity.telegram_proofs.uses', '+', 1) }))
        .where('identity.telegram_proofs.uses', '<', limit),
    )
    .returning('uses')
    .executeTakeFirst()
  return used !== undefined
}

type Person = Readonly<{ person: TelegramUser; locale: Locale; now: Date }>

async function findOrInsert(tx: IdentityTx, { person, locale, now }: Person): Promise<string> {
  const { telegram_id, name, language } = person
  const known = await findTelegramUser(tx, telegram_id)
  if (known !== undefined) return known
  // Two first sign-ins at once create one account: the second finds the user of the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`telegram ${telegram_id}`}, 0))`.execute(tx)
  const created = await findTelegramUser(tx, telegram_id)
  if (created !== undefined) return created
  const facts = { telegram_id, name, locale: language === undefined ? locale : localeOf(language) }
  const user = await insertTelegramUser(tx, facts, now)
  await publish(tx, [userRegistered({ user_id: user.id, name, locale: user.locale })])
  return user.id
}
