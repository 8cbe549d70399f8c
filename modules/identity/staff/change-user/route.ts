import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { adminUserOf } from '../admin-view.ts'
import { superadminAnswer } from '../answers.ts'
import { AdminUserSummary, ChangeUserBody } from '../schema.ts'
import type { ChangeUser, ChangeUserOutcome } from './change-user.ts'

const answers = {
  ...superadminAnswer,
  'own-account': answer(409, 'You cannot change your own role or status.', 'Свою роль и свой статус изменить нельзя.'),
  'more-permissions-needed': answer(
    403,
    'This account or this role has permissions that you do not have.',
    'У этой учётной записи или роли есть права, которых нет у вас.',
  ),
  'email-not-verified': answer(
    409,
    'This e-mail was never confirmed, so another person may have registered it. Let its owner open the link in the mail first.',
    'Эта почта не подтверждена: её мог зарегистрировать другой человек. Пусть владелец почты сначала откроет ссылку из письма.',
  ),
  'account-closed': answer(
    409,
    'This account was merged or deleted.',
    'Эта учётная запись объединена с другой или удалена.',
  ),
} satisfies Record<ReasonOf<ChangeUserOutcome>, Answer>

export const changeUserRoute =
  ({ changeUser }: Readonly<{ changeUser: ChangeUser }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Change the role of a user, or block the user',
      params: IdParams,
      body: ChangeUserBody,
      response: { 200: AdminUserSummary, ...problemsOf(answers) },
    }
    const config = { access: { permission: 'users.write' } }
    http.patch('/admin/users/:id', { schema, config }, async (request, reply) => {
      const { params, body: changes, caller } = request
      const outcome = await changeUser({ user_id: params.id, changes, caller })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return adminUserOf(outcome.user)
    })
  }
