import { Type } from 'typebox'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { invalidCodeAnswer, retryLaterAnswers, weakPasswordAnswers } from '../../answers.ts'
import { deviceCookie } from '../../device-cookie.ts'
import { authBodyLimit } from '../../schema.ts'
import { ResetPasswordBody } from '../schema.ts'
import type { ResetPassword, ResetPasswordOutcome } from './reset-password.ts'

const answers = {
  ...weakPasswordAnswers,
  ...retryLaterAnswers,
  ...invalidCodeAnswer,
} satisfies Record<ReasonOf<ResetPasswordOutcome>, Answer>

export const resetPasswordRoute =
  ({ resetPassword }: Readonly<{ resetPassword: ResetPassword }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Set a new password with the code from the e-mail, and sign out everywhere',
      body: ResetPasswordBody,
      response: { 204: Type.Null({ description: 'Set' }), ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      bodyLimit: authBodyLimit,
      repeat: 'The code has been used.',
    } as const
    http.post('/auth/password/reset', { schema, config }, async (request, reply) => {
      const outcome = await resetPassword({ ...request.body, address: request.ip })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      reply.header('set-cookie', deviceCookie(outcome.device_token, { https: request.protocol === 'https' }))
      return reply.code(204).send(null)
    })
  }
