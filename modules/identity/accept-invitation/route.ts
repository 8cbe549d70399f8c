import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { waitAnswers, weakPasswordAnswers } from '../passwords/answers.ts'
import { signedInView, SignedInView } from '../sessions/sign-in.ts'
import { visitOf } from '../sessions/visit-of.ts'
import { EmailField, NameField, PasswordField } from '../user.ts'
import type { AcceptingInvitation, AcceptInvitation } from './accept-invitation.ts'

const answers = {
  ...weakPasswordAnswers,
  ...waitAnswers,
  'invalid-invitation': answer(
    404,
    'This invitation is unknown, used or expired',
    'Это приглашение неизвестно, использовано или просрочено',
  ),
  'email-taken': answer(409, 'There is an account with this e-mail', 'Учётная запись с такой почтой уже есть'),
} satisfies Record<Extract<AcceptingInvitation, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 200 }),
    email: EmailField,
    password: PasswordField,
    name: NameField,
  },
  { additionalProperties: false },
)

export const acceptInvitationRoute =
  (acceptInvitation: AcceptInvitation): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Accept an invitation to work here',
      body: Body,
      response: { 201: SignedInView, ...problemsOf(answers) },
    }
    http.post(
      '/auth/invitations/accept',
      { schema, config: { access: 'anyone', ignoresToken: true } },
      async (request, reply) => {
        const outcome = await acceptInvitation({ ...request.body, locale: request.locale, visit: visitOf(request) })
        if ('retry_after' in outcome) reply.header('retry-after', outcome.retry_after)
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(signedInView(outcome))
      },
    )
  }
