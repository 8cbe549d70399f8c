import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { retryLaterAnswers } from '../../answers.ts'
import type { SendVerification, SendVerificationOutcome } from './send-verification.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  'no-email': answer(409, 'This account has no e-mail.', 'У этой учётной записи нет почты.'),
  'already-verified': answer(409, 'This e-mail is already confirmed.', 'Эта почта уже подтверждена.'),
} satisfies Record<ReasonOf<SendVerificationOutcome>, Answer>

export const sendVerificationRoute =
  ({ sendVerification }: Readonly<{ sendVerification: SendVerification }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Send yourself another e-mail to confirm your address',
      body: NoBody,
      response: {
        204: Type.Null({ description: 'The e-mail is on its way, or the latest one still works' }),
        ...problemsOf(answers),
      },
    }
    const config = { access: 'user', repeat: 'Sends another e-mail.' } as const
    http.post('/auth/email/send', { schema, config }, async (request, reply) => {
      const { user_id } = userOf(request.caller)
      const outcome = await sendVerification({ user_id, address: request.ip })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(204).send(null)
    })
  }
