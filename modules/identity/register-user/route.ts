import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { emailTakenAnswer, retryLaterAnswers, weakPasswordAnswers } from '../answers.ts'
import { RegisterUserBody, SignedInView } from '../schema.ts'
import { clientOf } from '../session.ts'
import { signedInViewOf } from '../user-view.ts'
import type { RegisterUser, RegisterUserOutcome } from './register-user.ts'

const answers = {
  ...weakPasswordAnswers,
  ...retryLaterAnswers,
  ...emailTakenAnswer,
} satisfies Record<ReasonOf<RegisterUserOutcome>, Answer>

export const registerUserRoute =
  ({ registerUser }: Readonly<{ registerUser: RegisterUser }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Register with your e-mail and a password',
      body: RegisterUserBody,
      response: { 201: SignedInView, ...problemsOf(answers) },
    }
    const config = { access: 'anyone', ignoresToken: true } as const
    http.post('/auth/register', { schema, config }, async (request, reply) => {
      const { name = '', ...body } = request.body
      const outcome = await registerUser({ ...body, name, locale: request.locale, client: clientOf(request) })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(signedInViewOf(outcome))
    })
  }
