import type { Routes } from '#platform/http'
import { isPermission } from '../../permissions.ts'
import { RolesView } from '../schema.ts'
import type { ListRoles } from './query.ts'

const schema = { tags: ['identity'], summary: 'List the roles with their permissions', response: { 200: RolesView } }

export const listRolesRoute =
  ({ listRoles }: Readonly<{ listRoles: ListRoles }>): Routes =>
  (http) => {
    const config = { access: { permission: 'users.read' } }
    http.get('/admin/roles', { schema, config }, async () => {
      const roles = await listRoles()
      return { roles: roles.map((role) => ({ ...role, permissions: role.permissions.filter(isPermission) })) }
    })
  }
