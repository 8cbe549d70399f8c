import type { Routes } from '#platform/http'
import type { Auth } from '../auth/open-auth.ts'
import { answerDeeplinkLogin, showDeeplinkLogin } from './answer-deeplink-login/answer-deeplink-login.ts'
import { answerDeeplinkLoginRoutes } from './answer-deeplink-login/route.ts'
import { openDeeplinkLogins, type BeginDeeplink } from './auth/deeplink-logins.ts'
import { openTelegramData, type TelegramData, type TelegramSettings } from './auth/telegram-data.ts'
import { openTelegramSessions } from './auth/telegram-sessions.ts'
import { beginDeeplinkLogin } from './begin-deeplink-login/begin-deeplink-login.ts'
import { beginDeeplinkLoginRoute } from './begin-deeplink-login/route.ts'
import { beginTelegramLogin } from './begin-telegram-login/begin-telegram-login.ts'
import { beginTelegramLoginRoute } from './begin-telegram-login/route.ts'
import { finishDeeplinkLogin } from './finish-deeplink-login/finish-deeplink-login.ts'
import { finishDeeplinkLoginRoute } from './finish-deeplink-login/route.ts'
import { signInWithTelegramRoutes } from './sign-in-with-telegram/route.ts'
import { signInWithTelegram } from './sign-in-with-telegram/sign-in-with-telegram.ts'

/** `settings`: undefined in a shop without sign-in with Telegram. */
type Needs = Auth & Readonly<{ settings: TelegramSettings | undefined }>

type TelegramParts = Readonly<{
  /** Proofs of a Telegram account, for the area `linking`. */
  proofs: Readonly<{ telegram: TelegramData; beginDeeplink: BeginDeeplink }>
  routes: readonly Routes[]
}>

const noTelegram: TelegramSettings = { public_key: '0'.repeat(64), maxAge: 0 }

/** Sign-in with a Mini App, with "Log in with Telegram", and by a link to the bot. */
export function telegram({ settings = noTelegram, ...auth }: Needs): TelegramParts {
  const proofs = {
    telegram: openTelegramData(settings),
    beginDeeplink: openDeeplinkLogins({ ...auth, botUsername: settings.bot_username }),
  }
  const needs = { ...auth, ...proofs, enter: openTelegramSessions(auth) }
  return {
    proofs,
    routes: [
      beginDeeplinkLoginRoute({ beginDeeplinkLogin: beginDeeplinkLogin(needs) }),
      answerDeeplinkLoginRoutes({
        showDeeplinkLogin: showDeeplinkLogin(needs),
        answerDeeplinkLogin: answerDeeplinkLogin(needs),
      }),
      finishDeeplinkLoginRoute({ finishDeeplinkLogin: finishDeeplinkLogin(needs) }),
      beginTelegramLoginRoute({ beginTelegramLogin: beginTelegramLogin(needs) }),
      signInWithTelegramRoutes({ signInWithTelegram: signInWithTelegram(needs) }),
    ],
  }
}
