import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused } from '#platform/outcome'
import { localeOf, type Clock, type Locale } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../auth/login-limits.ts'
import type { Sessions, SignedIn } from '../auth/sessions.ts'
import type { TelegramData, TelegramProof, TelegramReason } from '../auth/telegram-data.ts'
import type { TelegramUser } from '../auth/telegram-user.ts'
import { userRegistered } from '../events.ts'
import type { Client } from '../session.ts'
import { lockIdentity } from '../store/identities.ts'
import type { IdentityDb, IdentityTx } from '../store/tables.ts'
import { useProof } from '../store/telegram-proofs.ts'
import { findTelegramUser, findUser, insertTelegramUser } from '../store/users.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; telegram: TelegramData; limits: LoginLimits; sessions: Sessions }>
type SignInInput = Readonly<{
  proof: TelegramProof
  /** For a user who is new and whose Telegram says no language. */
  locale: Locale
  client: Client
}>
export type SignInOutcome =
  | SignedIn
  | Refused<TelegramReason | 'telegram-data-used' | 'account-blocked'>
  | TooManyAttempts
export type SignInWithTelegram = (input: SignInInput) => Promise<SignInOutcome>

/** Signs in the user whose data Telegram signed. The first sign-in creates the account with the name and language of Telegram. */
export const signInWithTelegram =
  ({ db, now, telegram, limits, sessions }: Needs): SignInWithTelegram =>
  async ({ proof, locale, client }) => {
    const attempt = limits.takeCode(client.ip)
    if (isRefusal(attempt)) return attempt
    const verified = await telegram.verify(proof, now())
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

type Person = Readonly<{ person: TelegramUser; locale: Locale; now: Date }>

async function findOrInsert(tx: IdentityTx, { person, locale, now }: Person): Promise<string> {
  const { telegram_id, name, language } = person
  const known = await findTelegramUser(tx, telegram_id)
  if (known !== undefined) {
    // After a merge that runs at this moment the survivor has the identity.
    await tx.selectFrom('identity.users').select('id').where('id', '=', known).forKeyShare().execute()
    return (await findTelegramUser(tx, telegram_id)) ?? known
  }
  // Two first sign-ins at once create one account: the second finds the user of the first.
  await lockIdentity(tx, { provider: 'telegram', subject: telegram_id })
  const created = await findTelegramUser(tx, telegram_id)
  if (created !== undefined) return created
  const facts = { telegram_id, name, locale: language === undefined ? locale : localeOf(language) }
  const user = await insertTelegramUser(tx, facts, now)
  await publish(tx, [userRegistered({ user_id: user.id, name, locale: user.locale })])
  return user.id
}
