import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { logInExample } from '../examples.ts'
import { waitAnswers } from '../passwords/answers.ts'
import { signedInView, SignedInView } from '../sessions/sign-in.ts'
import { visitOf } from '../sessions/visit-of.ts'
import { PasswordField } from '../user.ts'
import type { LoggingIn, LogIn } from './log-in.ts'

const answers = {
  ...waitAnswers,
  'wrong-credentials': answer(401, 'The e-mail or the password is wrong', 'Неверная почта или пароль'),
  'account-blocked': answer(403, 'This account is blocked', 'Эта учётная запись заблокирована'),
} satisfies Record<Extract<LoggingIn, { kind: 'refused' }>['reason'], Answer>

// Whatever is not an e-mail is a wrong one: the same answer.
const Body = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 254, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }), password: PasswordField },
  { additionalProperties: false, examples: [logInExample] },
)

export const logInRoute =
  (logIn: LogIn): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Log in by e-mail and password',
      body: Body,
      response: { 200: SignedInView, ...problemsOf(answers) },
    }
    http.post('/auth/login', { schema, config: { access: 'anyone', ignoresToken: true } }, async (request, reply) => {
      const outcome = await logIn({ ...request.body, visit: visitOf(request) })
      if ('retry_after' in outcome) reply.header('retry-after', outcome.retry_after)
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return reply.code(200).send(signedInView(outcome))
    })
  }
