import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { emailTakenAnswer, retryLaterAnswers, weakPasswordAnswers } from '../../answers.ts'
import { deviceCookie } from '../../device-cookie.ts'
import { authBodyLimit, SignedInView } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { signedInViewOf } from '../../user-view.ts'
import { AcceptInvitationBody } from '../schema.ts'
import type { AcceptInvitation, AcceptInvitationOutcome } from './accept-invitation.ts'

const answers = {
  ...weakPasswordAnswers,
  ...retryLaterAnswers,
  ...emailTakenAnswer,
  'invalid-invitation': answer(
    404,
    'This invitation is unknown, used or expired. Ask for a new one.',
    'Это приглашение неизвестно, использовано или просрочено. Попросите новое.',
  ),
} satisfies Record<ReasonOf<AcceptInvitationOutcome>, Answer>

export const acceptInvitationRoute =
  ({ acceptInvitation }: Readonly<{ acceptInvitation: AcceptInvitation }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Accept your invitation to join the staff',
      body: AcceptInvitationBody,
      response: { 201: SignedInView, ...problemsOf(answers) },
    }
    const config = { access: 'anyone', ignoresToken: true, idempotent: 'sealed', bodyLimit: authBodyLimit } as const
    http.post('/auth/invitations/accept', { schema, config }, async (request, reply) => {
      const input = { ...request.body, locale: request.locale, client: clientOf(request) }
      const outcome = await acceptInvitation(input, storeResponseAs(reply, 201, signedInViewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      reply.header('set-cookie', deviceCookie(outcome.device_token, { https: request.protocol === 'https' }))
      return reply.code(201).send(signedInViewOf(outcome))
    })
  }
