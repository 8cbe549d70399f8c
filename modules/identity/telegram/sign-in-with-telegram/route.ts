import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { timeText } from '#platform/values'
import { blockedAnswer, retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit, SignedInView } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { signedInViewOf } from '../../user-view.ts'
import { telegramAnswers } from '../answers.ts'
import { loginLifetime } from '../auth/telegram-oidc.ts'
import { loginSecretOf } from '../login-cookie.ts'
import { MiniAppBody, TelegramOidcBody, WidgetBody } from '../schema.ts'
import type { SignInOutcome, SignInWithTelegram } from './sign-in-with-telegram.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  ...telegramAnswers,
  ...blockedAnswer,
} satisfies Record<ReasonOf<SignInOutcome>, Answer>

const response = { 200: SignedInView, ...problemsOf(answers) }
const access = { access: 'anyone', ignoresToken: true, bodyLimit: authBodyLimit } as const

export const signInWithTelegramRoutes =
  ({ signInWithTelegram }: Readonly<{ signInWithTelegram: SignInWithTelegram }>): Routes =>
  (http) => {
    const miniApp = {
      tags: ['identity'],
      summary: 'Sign in with the initData of a Telegram Mini App',
      body: MiniAppBody,
      response,
    }
    const again = { ...access, repeat: 'Opens another session, as a reload of the page does.' }
    http.post('/auth/telegram/mini-app', { schema: miniApp, config: again }, async (request, reply) => {
      const proof = { init_data: request.body.init_data }
      const outcome = await signInWithTelegram({ proof, locale: request.locale, client: clientOf(request) })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : signedInViewOf(outcome)
    })
    const widget = {
      tags: ['identity'],
      summary: 'Sign in with the data of the Telegram Login Widget',
      body: WidgetBody,
      response,
    }
    const once = { ...access, repeat: 'The data has been used.' }
    http.post('/auth/telegram/widget', { schema: widget, config: once }, async (request, reply) => {
      const proof = { widget: request.body }
      const outcome = await signInWithTelegram({ proof, locale: request.locale, client: clientOf(request) })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : signedInViewOf(outcome)
    })
    const oidc = {
      tags: ['identity'],
      summary: 'Sign in with the code of "Log in with Telegram"',
      description: `The browser must have begun the login at POST /auth/telegram/oidc/begin in the last ${timeText(loginLifetime, 'en')}.`,
      body: TelegramOidcBody,
      response,
    }
    http.post('/auth/telegram/oidc', { schema: oidc, config: once }, async (request, reply) => {
      const secret = loginSecretOf(request.headers.cookie, { https: request.protocol === 'https' })
      const proof = { oidc: { ...request.body, secret, purpose: 'sign_in' as const } }
      const outcome = await signInWithTelegram({ proof, locale: request.locale, client: clientOf(request) })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : signedInViewOf(outcome)
    })
  }
