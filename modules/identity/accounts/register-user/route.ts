import { problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { emailTakenAnswer, retryLaterAnswers, weakPasswordAnswers } from '../../answers.ts'
import { deviceCookie } from '../../device-cookie.ts'
import { authBodyLimit, SignedInView } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { signedInViewOf } from '../../user-view.ts'
import { RegisterUserBody } from '../schema.ts'
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
    const config = { access: 'anyone', ignoresToken: true, idempotent: 'sealed', bodyLimit: authBodyLimit } as const
    http.post('/auth/register', { schema, config }, async (request, reply) => {
      const { name = '', ...body } = request.body
      const input = { ...body, name, locale: request.locale, client: clientOf(request) }
      const outcome = await registerUser(input, storeResponseAs(reply, 201, signedInViewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      reply.header('set-cookie', deviceCookie(outcome.device_token, { https: request.protocol === 'https' }))
      return reply.code(201).send(signedInViewOf(outcome))
    })
  }
