import { Type } from 'typebox'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { RequestPasswordResetBody } from '../schema.ts'
import type { RequestPasswordReset, RequestPasswordResetOutcome } from './request-password-reset.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
} satisfies Record<ReasonOf<RequestPasswordResetOutcome>, Answer>

export const requestPasswordResetRoute =
  ({ requestPasswordReset }: Readonly<{ requestPasswordReset: RequestPasswordReset }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Request an e-mail with a link that sets a new password',
      description: 'The answer is the same whether an account has this e-mail or not.',
      body: RequestPasswordResetBody,
      response: {
        204: Type.Null({
          description: 'If an account has this e-mail, a message is on its way, or the latest one still works',
        }),
        ...problemsOf(answers),
      },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      bodyLimit: authBodyLimit,
      repeat: 'Sends another e-mail.',
    } as const
    http.post('/auth/password/forgot', { schema, config }, async (request, reply) => {
      const outcome = await requestPasswordReset({ email: request.body.email, address: request.ip })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(204).send(null)
    })
  }
