import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { retryLaterAnswers } from '../../answers.ts'
import { clientOf } from '../../session.ts'
import { telegramAnswers } from '../answers.ts'
import { loginCookie } from '../login-cookie.ts'
import { DeeplinkLoginView } from '../schema.ts'
import type { BeginDeeplinkLogin, BeginDeeplinkLoginOutcome } from './begin-deeplink-login.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  'telegram-off': telegramAnswers['telegram-off'],
} satisfies Record<ReasonOf<BeginDeeplinkLoginOutcome>, Answer>

export const beginDeeplinkLoginRoute =
  ({ beginDeeplinkLogin }: Readonly<{ beginDeeplinkLogin: BeginDeeplinkLogin }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Begin a login with a link to the Telegram bot',
      description:
        'Sets a cookie. Show `number`: the bot asks for it. Then call POST /auth/telegram/deeplink/finish every few seconds.',
      body: NoBody,
      response: { 200: DeeplinkLoginView, ...problemsOf(answers) },
    }
    const config = { access: 'anyone', ignoresToken: true, repeat: 'Begins another login.' } as const
    http.post('/auth/telegram/deeplink', { schema, config }, async (request, reply) => {
      const outcome = await beginDeeplinkLogin(clientOf(request))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { secret, link, command, number, expires_in } = outcome
      reply.header('set-cookie', loginCookie(secret, { https: request.protocol === 'https' }))
      return { link, command, number, expires_in }
    })
  }
