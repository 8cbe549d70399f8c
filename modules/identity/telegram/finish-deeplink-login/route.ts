import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { blockedAnswer } from '../../answers.ts'
import { SignedInView } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { signedInViewOf } from '../../user-view.ts'
import { deeplinkAnswers } from '../answers.ts'
import { loginSecretOf } from '../login-cookie.ts'
import { WaitingView } from '../schema.ts'
import type { FinishDeeplinkLogin, FinishDeeplinkLoginOutcome } from './finish-deeplink-login.ts'

const answers = { ...deeplinkAnswers, ...blockedAnswer } satisfies Record<ReasonOf<FinishDeeplinkLoginOutcome>, Answer>

export const finishDeeplinkLoginRoute =
  ({ finishDeeplinkLogin }: Readonly<{ finishDeeplinkLogin: FinishDeeplinkLogin }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Finish a login with a link to the Telegram bot',
      description:
        '202 until the person has answered in the bot. Only the browser that began the login gets the session.',
      body: NoBody,
      response: { 200: SignedInView, 202: WaitingView, ...problemsOf(answers) },
    }
    const config = { access: 'anyone', ignoresToken: true, repeat: 'The login has already been used: 401.' } as const
    http.post('/auth/telegram/deeplink/finish', { schema, config }, async (request, reply) => {
      const secret = loginSecretOf(request.headers.cookie, { https: request.protocol === 'https' })
      const outcome = await finishDeeplinkLogin({ secret, locale: request.locale, client: clientOf(request) })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return outcome.kind === 'waiting' ? reply.code(202).send({ status: 'waiting' }) : signedInViewOf(outcome)
    })
  }
