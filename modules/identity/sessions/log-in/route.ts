import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { deviceCookie, deviceTokenOf } from '../../device-cookie.ts'
import { authBodyLimit, SignedInView } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { signedInViewOf } from '../../user-view.ts'
import { LogInBody } from '../schema.ts'
import type { LogIn, LogInOutcome } from './log-in.ts'

const answers = {
  ...retryLaterAnswers,
  'wrong-credentials': answer(401, 'The e-mail or the password is wrong.', 'Неверная почта или пароль.'),
  'account-blocked': answer(403, 'This account is blocked.', 'Эта учётная запись заблокирована.'),
} satisfies Record<ReasonOf<LogInOutcome>, Answer>

export const logInRoute =
  ({ logIn }: Readonly<{ logIn: LogIn }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Log in with your e-mail and password',
      body: LogInBody,
      response: { 200: SignedInView, ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      repeat: 'Opens another session.',
      bodyLimit: authBodyLimit,
    } as const
    http.post('/auth/login', { schema, config }, async (request, reply) => {
      const device_token = deviceTokenOf(request.headers.cookie, { https: request.protocol === 'https' })
      const outcome = await logIn({ ...request.body, client: clientOf(request), device_token })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      reply.header('set-cookie', deviceCookie(outcome.device_token, { https: request.protocol === 'https' }))
      return signedInViewOf(outcome)
    })
  }
