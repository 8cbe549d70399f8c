import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { IdentitiesView } from '../schema.ts'
import type { ListIdentities } from './query.ts'

export const listIdentitiesRoute =
  ({ listIdentities }: Readonly<{ listIdentities: ListIdentities }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'List your ways to sign in',
      response: { 200: IdentitiesView },
    }
    http.get('/auth/identities', { schema, config: { access: 'user' } }, async (request) =>
      listIdentities(userOf(request.caller).user_id),
    )
  }
