import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { invalidCodeAnswer, retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { VerifiedEmailView, VerifyEmailBody } from '../schema.ts'
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
      description:
        'Send the access token if the browser is signed in. The first confirmation of an account outside its own sessions removes its password and ends its sessions: another person may have registered the address.',
      body: VerifyEmailBody,
      response: { 200: VerifiedEmailView, ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      bodyLimit: authBodyLimit,
      repeat: 'The code has been used.',
    } as const
    http.post('/auth/email/verify', { schema, config }, async (request, reply) => {
      const { body, caller, ip: address } = request
      const session_id = caller.kind === 'user' ? caller.sid : undefined
      const outcome = await verifyEmail({ code: body.code, session_id, address })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { email, password_removed } = outcome
      return { email, password_removed }
    })
  }
