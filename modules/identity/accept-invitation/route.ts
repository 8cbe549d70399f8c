import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers, weakPasswordAnswers } from '../answers.ts'
import { AcceptInvitationBody, SignedInView } from '../schema.ts'
import { clientOf } from '../session.ts'
import type { AcceptInvitation, AcceptInvitationOutcome } from './accept-invitation.ts'

const answers = {
  ...weakPasswordAnswers,
  ...retryLaterAnswers,
  'invalid-invitation': answer(
    404,
    'This invitation is unknown, used or expired',
    'Это приглашение неизвестно, использовано или просрочено',
  ),
  'email-taken': answer(409, 'An account with this e-mail exists', 'Учётная запись с такой почтой уже есть'),
} satisfies Record<ReasonOf<AcceptInvitationOutcome>, Answer>

export const acceptInvitationRoute =
  (acceptInvitation: AcceptInvitation): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Accept an invitation to the staff',
      body: AcceptInvitationBody,
      response: { 201: SignedInView, ...problemsOf(answers) },
    }
    const config = { access: 'anyone', ignoresToken: true } as const
    http.post('/auth/invitations/accept', { schema, config }, async (request, reply) => {
      const outcome = await acceptInvitation({ ...request.body, locale: request.locale, client: clientOf(request) })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(outcome)
    })
  }
