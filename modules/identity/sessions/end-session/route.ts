import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { EndSession } from './end-session.ts'

export const endSessionRoute =
  ({ endSession }: Readonly<{ endSession: EndSession }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Sign out one of your devices',
      params: IdParams,
      response: { 204: Type.Null({ description: 'Ended' }) },
    }
    http.delete('/auth/sessions/:id', { schema, config: { access: 'user' } }, async (request, reply) => {
      const outcome = await endSession(userOf(request.caller).user_id, request.params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
