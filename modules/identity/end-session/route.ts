import { Type } from 'typebox'
import { notFound, userOf, type Routes } from '#platform/http'
import type { EndSession } from './end-session.ts'

export const endSessionRoute =
  (endSession: EndSession): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Sign out one of my devices',
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      response: { 204: Type.Null({ description: 'Done' }) },
    }
    http.delete('/auth/sessions/:id', { schema, config: { access: 'customer' } }, async (request, reply) => {
      const outcome = await endSession(userOf(request.caller).user_id, request.params.id)
      if (outcome === 'absent') throw notFound('session')
      return reply.code(204).send(null)
    })
  }
