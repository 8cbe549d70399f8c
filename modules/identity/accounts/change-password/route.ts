import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers, weakPasswordAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { ChangePasswordBody } from '../schema.ts'
import type { ChangePassword, ChangePasswordOutcome } from './change-password.ts'

const answers = {
  ...weakPasswordAnswers,
  ...retryLaterAnswers,
  'wrong-password': answer(403, 'The current password is wrong.', 'Текущий пароль неверен.'),
} satisfies Record<ReasonOf<ChangePasswordOutcome>, Answer>

export const changePasswordRoute =
  ({ changePassword }: Readonly<{ changePassword: ChangePassword }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Change your password and sign out on your other devices',
      body: ChangePasswordBody,
      response: { 204: Type.Null({ description: 'Changed' }), ...problemsOf(answers) },
    }
    http.post(
      '/auth/password/change',
      { schema, config: { access: 'user', repeat: 'The old password is wrong by then.', bodyLimit: authBodyLimit } },
      async (request, reply) => {
        const { user_id, sid } = userOf(request.caller)
        const input = { user_id, session_id: sid, ...request.body }
        const outcome = await changePassword(input)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(204).send(null)
      },
    )
  }
