import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import { localeOf, type Clock, type Locale } from '#platform/values'
import type { Sessions } from '../../auth/sessions.ts'
import { userRegistered } from '../../events.ts'
import type { Client, OpenSession } from '../../session.ts'
import { lockIdentity } from '../../store/identities.ts'
import type { IdentityTx } from '../../store/tables.ts'
import { findTelegramUser, findUser, insertTelegramUser } from '../../store/users.ts'
import type { User } from '../../user.ts'
import type { TelegramPerson } from '../telegram-user.ts'

/** `locale` is the language of a new user whose Telegram names none. */
type EnterInput = Readonly<{ person: TelegramPerson; locale: Locale; client: Client }>
type EnterOutcome = Readonly<{ kind: 'entered'; user: User; session: OpenSession }> | Refused<'account-blocked'>

/**
 * Opens a session of a Telegram user, in the transaction that uses up the proof. The first sign-in creates the account with the
 * name and language of Telegram.
 */
export type EnterWithTelegram = (tx: IdentityTx, input: EnterInput) => Promise<EnterOutcome>

export const openTelegramSessions =
  ({ now, sessions }: Readonly<{ now: Clock; sessions: Sessions }>): EnterWithTelegram =>
  async (tx, { person, locale, client }) => {
    const user_id = await findOrInsert(tx, { person, locale, now: now() })
    // The insert waits for staff who block the account at this moment: the status is read after it.
    const session = await sessions.open(tx, user_id, client)
    const user = await findUser(tx, user_id)
    if (user?.status !== 'active') return { kind: 'refused', reason: 'account-blocked' }
    return { kind: 'entered', user, session }
  }

type Person = Readonly<{ person: TelegramPerson; locale: Locale; now: Date }>

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
