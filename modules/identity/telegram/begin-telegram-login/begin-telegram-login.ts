import { isRefusal } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { TelegramData } from '../auth/telegram-data.ts'
import type { LoginPurpose } from '../telegram-user.ts'

type Needs = Readonly<{ now: Clock; limits: LoginLimits; telegram: TelegramData }>
type BeginTelegramLoginInput = Readonly<{ purpose: LoginPurpose; address: string }>
export type BeginTelegramLoginOutcome = ReturnType<TelegramData['begin']> | TooManyAttempts
export type BeginTelegramLogin = (input: BeginTelegramLoginInput) => BeginTelegramLoginOutcome

/** Begins "Log in with Telegram": the browser gets a secret, and an address at Telegram. Stores nothing. */
export const beginTelegramLogin =
  ({ now, limits, telegram }: Needs): BeginTelegramLogin =>
  ({ purpose, address }) => {
    const attempt = limits.takeCode(address)
    return isRefusal(attempt) ? attempt : telegram.begin(purpose, now())
  }
