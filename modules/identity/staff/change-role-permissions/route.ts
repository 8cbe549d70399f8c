import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { OneOf } from '#platform/schema'
import { roles } from '../../schema.ts'
import { superadminAnswer } from '../answers.ts'
import { ChangeRoleBody, RoleView } from '../schema.ts'
import type { ChangeRoleOutcome, ChangeRolePermissions } from './change-role-permissions.ts'

const answers = {
  ...superadminAnswer,
  'role-not-editable': answer(
    409,
    'Admins have every permission, and customers have none.',
    'У администраторов есть все права, у покупателей нет никаких.',
  ),
} satisfies Record<ReasonOf<ChangeRoleOutcome>, Answer>

export const changeRolePermissionsRoute =
  ({ changeRolePermissions }: Readonly<{ changeRolePermissions: ChangeRolePermissions }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Replace the permissions of a role',
      params: Type.Object({ role: OneOf(roles) }),
      body: ChangeRoleBody,
      response: { 200: RoleView, ...problemsOf(answers) },
    }
    const config = { access: { permission: 'settings.write' } }
    http.put('/admin/roles/:role', { schema, config }, async (request, reply) => {
      const { params, body, caller } = request
      const outcome = await changeRolePermissions({ role: params.role, permissions: body.permissions, caller })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return { role: outcome.role, permissions: [...outcome.permissions], is_editable: true }
    })
  }
