import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { telegramAnswers } from '../answers.ts'
import { loginCookie } from '../login-cookie.ts'
import { BeginTelegramLoginBody, TelegramLoginView } from '../schema.ts'
import type { BeginTelegramLogin, BeginTelegramLoginOutcome } from './begin-telegram-login.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  'telegram-off': telegramAnswers['telegram-off'],
} satisfies Record<ReasonOf<BeginTelegramLoginOutcome>, Answer>

export const beginTelegramLoginRoute =
  ({ beginTelegramLogin }: Readonly<{ beginTelegramLogin: BeginTelegramLogin }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Begin "Log in with Telegram"',
      description:
        'Sets a cookie, and answers with an address at Telegram. The browser comes back from there with a code for POST /auth/telegram/oidc, or /auth/link/telegram/oidc when the purpose is `link`.',
      body: BeginTelegramLoginBody,
      response: { 200: TelegramLoginView, ...problemsOf(answers) },
    }
    const again = { access: 'anyone', ignoresToken: true, bodyLimit: authBodyLimit } as const
    const config = { ...again, repeat: 'Begins another login; the earlier one ends.' }
    http.post('/auth/telegram/oidc/begin', { schema, config }, async (request, reply) => {
      const outcome = beginTelegramLogin({ purpose: request.body.purpose, address: request.ip })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { secret, authorization_url } = outcome
      reply.header('set-cookie', loginCookie(secret, { https: request.protocol === 'https' }))
      return { authorization_url }
    })
  }
