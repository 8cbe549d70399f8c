import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Sessions, SignedIn } from '../../auth/sessions.ts'
import type { Client } from '../../session.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { TelegramData, TelegramProof, TelegramReason } from '../auth/telegram-data.ts'
import type { EnterWithTelegram } from '../auth/telegram-sessions.ts'
import { useProof } from '../store/telegram-proofs.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  telegram: TelegramData
  limits: LoginLimits
  sessions: Sessions
  enter: EnterWithTelegram
}>
type SignInInput = Readonly<{
  proof: TelegramProof
  /** The language of a new user whose Telegram names none. */
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
  ({ db, now, telegram, limits, sessions, enter }: Needs): SignInWithTelegram =>
  async ({ proof, locale, client }) => {
    const attempt = limits.takeCode(client.ip)
    if (isRefusal(attempt)) return attempt
    const verified = await telegram.verify(proof, now())
    if (isRefusal(verified)) return verified
    const { user: person } = verified
    const entered = await transaction(db, async (tx) => {
      if (!(await useProof(tx, person.proof))) return { kind: 'refused', reason: 'telegram-data-used' } as const
      return await enter(tx, { person, locale, client })
    })
    if (isRefusal(entered)) return entered
    attempt.cancel()
    return await sessions.issueTokens(db, entered.user, entered.session)
  }
