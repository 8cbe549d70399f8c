import { notFound, userOf, type Routes } from '#platform/http'
import { UserView, viewOf, type User } from '../user.ts'

type FindUser = (id: string) => Promise<User | undefined>

export const showMeRoute =
  (findUser: FindUser): Routes =>
  (http) => {
    const schema = { tags: ['identity'], summary: 'Who I am', response: { 200: UserView } }
    http.get('/auth/me', { schema, config: { access: 'customer' } }, async (request) => {
      const user = await findUser(userOf(request.caller).user_id)
      if (!user) throw notFound('user')
      return viewOf(user)
    })
  }
