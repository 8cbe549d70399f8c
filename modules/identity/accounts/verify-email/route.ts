import { Type } from 'typebox'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { invalidCodeAnswer, retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { VerifyEmailBody } from '../schema.ts'
import type { VerifyEmail, VerifyEmailOutcome } from './verify-email.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  ...invalidCodeAnswer,
} satisfies Record<ReasonOf<VerifyEmailOutcome>, Answer>

export const verifyEmailRoute =
  ({ verifyEmail }: Readonly<{ verifyEmail: VerifyEmail }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Confirm your e-mail with the code that the shop sent to it',
      body: VerifyEmailBody,
      response: { 200: Type.Object({ email: Type.String() }), ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      bodyLimit: authBodyLimit,
      repeat: 'The code has been used.',
    } as const
    http.post('/auth/email/verify', { schema, config }, async (request, reply) => {
      const outcome = await verifyEmail({ code: request.body.code, address: request.ip })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return { email: outcome.email }
    })
  }
