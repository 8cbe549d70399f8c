import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { adminUserOf } from '../admin-view.ts'
import { AdminUserSummary, UserFilter } from '../schema.ts'
import type { ListUsers } from './query.ts'

const schema = {
  tags: ['identity'],
  summary: 'List users, newest first',
  querystring: Closed({ ...PageQuery, ...UserFilter }),
  response: { 200: Page(AdminUserSummary) },
}

export const listUsersRoute =
  ({ listUsers }: Readonly<{ listUsers: ListUsers }>): Routes =>
  (http) => {
    const config = { access: { permission: 'users.read' } }
    http.get('/admin/users', { schema, config }, async ({ query }) => {
      const { search, role, status } = query
      const page = await listUsers({ search, role, status, window: windowOf(query) })
      return { ...page, items: page.items.map(adminUserOf) }
    })
  }
