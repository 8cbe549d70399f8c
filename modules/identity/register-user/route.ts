import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { registerExample } from '../examples.ts'
import { waitAnswers, weakPasswordAnswers } from '../passwords/answers.ts'
import { signedInView, SignedInView } from '../sessions/sign-in.ts'
import { visitOf } from '../sessions/visit-of.ts'
import { EmailField, NameField, PasswordField } from '../user.ts'
import type { Registering, RegisterUser } from './register-user.ts'

const answers = {
  ...weakPasswordAnswers,
  ...waitAnswers,
  'email-taken': answer(409, 'There is an account with this e-mail', 'Учётная запись с такой почтой уже есть'),
} satisfies Record<Extract<Registering, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  { email: EmailField, password: PasswordField, name: Type.Optional(NameField) },
  { additionalProperties: false, examples: [registerExample] },
)

export const registerUserRoute =
  (registerUser: RegisterUser): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Register',
      body: Body,
      response: { 201: SignedInView, ...problemsOf(answers) },
    }
    http.post(
      '/auth/register',
      { schema, config: { access: 'anyone', ignoresToken: true } },
      async (request, reply) => {
        const { name = '', ...body } = request.body
        const outcome = await registerUser({ ...body, name, locale: request.locale, visit: visitOf(request) })
        if ('retry_after' in outcome) reply.header('retry-after', outcome.retry_after)
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(signedInView(outcome))
      },
    )
  }
