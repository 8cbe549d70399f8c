import { Type } from 'typebox'
import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { NoBody } from '#platform/schema'
import type { LogOut } from './log-out.ts'

const response = { 204: Type.Null({ description: 'Logged out' }) }

export const logOutRoute =
  ({ logOut }: Readonly<{ logOut: LogOut }>): Routes =>
  (http) => {
    for (const { path, everywhere, summary } of [
      { path: '/auth/logout', everywhere: false, summary: 'Log out on this device' },
      { path: '/auth/logout-all', everywhere: true, summary: 'Log out on all your devices' },
    ]) {
      const schema = { tags: ['identity'], summary, body: NoBody, response }
      http.post(
        path,
        { schema, config: { access: 'user', repeat: 'The session has ended.' } },
        async (request, reply) => {
          const { user_id, sid } = userOf(request.caller)
          await logOut({ user_id, session_id: sid, everywhere })
          return reply.code(204).send(null)
        },
      )
    }
  }
