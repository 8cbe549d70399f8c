import { Type } from 'typebox'
import { userOf, type Routes } from '#platform/http'
import type { LogOut } from './log-out.ts'

const response = { 204: Type.Null({ description: 'Done' }) }

export const logOutRoute =
  (logOut: LogOut): Routes =>
  (http) => {
    const here = { tags: ['identity'], summary: 'Log out here', response }
    http.post('/auth/logout', { schema: here, config: { access: 'customer' } }, async (request, reply) => {
      await logOut(userOf(request.caller), 'here')
      return reply.code(204).send(null)
    })
    const everywhere = { tags: ['identity'], summary: 'Log out on all devices', response }
    http.post('/auth/logout-all', { schema: everywhere, config: { access: 'customer' } }, async (request, reply) => {
      await logOut(userOf(request.caller), 'everywhere')
      return reply.code(204).send(null)
    })
  }
