import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { MergesView } from '../schema.ts'
import type { ListMerges } from './query.ts'

export const listMergesRoute =
  ({ listMerges }: Readonly<{ listMerges: ListMerges }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'List the merges into your account that can be reversed',
      response: { 200: MergesView },
    }
    http.get('/auth/merges', { schema, config: { access: 'user' } }, async (request) =>
      listMerges(userOf(request.caller).user_id),
    )
  }
