import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { identityViewOf } from '../../user-view.ts'
import { adminUserOf } from '../admin-view.ts'
import { AdminUserView } from '../schema.ts'
import type { ShowUser } from './query.ts'

const schema = {
  tags: ['identity'],
  summary: 'Show a user with their ways to sign in and the changes that staff made',
  params: IdParams,
  response: { 200: AdminUserView },
}

export const showUserRoute =
  ({ showUser }: Readonly<{ showUser: ShowUser }>): Routes =>
  (http) => {
    const config = { access: { permission: 'users.read' } }
    http.get('/admin/users/:id', { schema, config }, async (request, reply) => {
      const outcome = await showUser(request.params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { user, merged_into, identities, open_sessions, audit } = outcome
      return {
        ...adminUserOf(user),
        locale: user.locale,
        timezone: user.timezone,
        merged_into,
        identities: identities.map(identityViewOf),
        open_sessions,
        audit: audit.map((entry) => ({ ...entry, created_at: entry.created_at.toISOString() })),
      }
    })
  }
