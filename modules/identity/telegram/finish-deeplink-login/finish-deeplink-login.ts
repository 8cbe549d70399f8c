import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { Sessions, SignedIn } from '../../auth/sessions.ts'
import type { Client } from '../../session.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { EnterWithTelegram } from '../auth/telegram-sessions.ts'
import { useDeeplinkLogin } from '../store/deeplink-logins.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; sessions: Sessions; enter: EnterWithTelegram }>
/** `secret` is in the cookie of the browser that began the login. */
type FinishInput = Readonly<{ secret: string | undefined; locale: Locale; client: Client }>
export type FinishDeeplinkLoginOutcome =
  | SignedIn
  | Readonly<{ kind: 'waiting' }>
  | Refused<'login-not-started' | 'login-refused' | 'account-blocked'>
export type FinishDeeplinkLogin = (input: FinishInput) => Promise<FinishDeeplinkLoginOutcome>

/** Signs the browser in when its person has picked the right number in the bot. An approved login works once. */
export const finishDeeplinkLogin =
  ({ db, now, sessions, enter }: Needs): FinishDeeplinkLogin =>
  async ({ secret, locale, client }) => {
    const entered = await transaction(db, async (tx) => {
      const key = { secret_hash: hashOf(secret ?? ''), session_id: null, now: now() }
      const login = await useDeeplinkLogin(tx, key)
      if (!login) return { kind: 'refused', reason: 'login-not-started' } as const
      if (login.status === 'refused') return { kind: 'refused', reason: 'login-refused' } as const
      if (!login.telegram_user) return { kind: 'waiting' } as const
      return await enter(tx, { person: login.telegram_user, locale, client })
    })
    if (isRefusal(entered) || entered.kind === 'waiting') return entered
    return await sessions.issueTokens(db, entered.user, entered.session)
  }
