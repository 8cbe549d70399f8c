import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { UserView } from '../../schema.ts'
import { userViewOf } from '../../user-view.ts'
import type { ShowMe } from './query.ts'

export const showMeRoute =
  ({ showMe }: Readonly<{ showMe: ShowMe }>): Routes =>
  (http) => {
    const schema = { tags: ['identity'], summary: 'Show your account', response: { 200: UserView } }
    http.get('/auth/me', { schema, config: { access: 'user' } }, async (request, reply) => {
      const outcome = await showMe(userOf(request.caller).user_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return userViewOf(outcome.user)
    })
  }
