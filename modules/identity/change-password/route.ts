import { Type } from 'typebox'
import { answer, userOf, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { waitAnswers, weakPasswordAnswers } from '../passwords/answers.ts'
import { visitOf } from '../sessions/visit-of.ts'
import { PasswordField } from '../user.ts'
import type { ChangePassword, ChangingPassword } from './change-password.ts'

const answers = {
  ...weakPasswordAnswers,
  ...waitAnswers,
  'wrong-password': answer(403, 'The current password is wrong', 'Нынешний пароль неверен'),
} satisfies Record<Extract<ChangingPassword, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  { current_password: PasswordField, new_password: PasswordField },
  { additionalProperties: false },
)

export const changePasswordRoute =
  (changePassword: ChangePassword): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Change my password; other devices are signed out',
      body: Body,
      response: { 204: Type.Null({ description: 'Done' }), ...problemsOf(answers) },
    }
    http.post('/auth/password/change', { schema, config: { access: 'customer' } }, async (request, reply) => {
      const { user_id, sid } = userOf(request.caller)
      const outcome = await changePassword({ user_id, sid, ...request.body, visit: visitOf(request) })
      if ('retry_after' in outcome) reply.header('retry-after', outcome.retry_after)
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return reply.code(204).send(null)
    })
  }
