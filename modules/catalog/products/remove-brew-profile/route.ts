import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { Id } from '#platform/schema'
import type { RemoveBrewProfile } from './remove-brew-profile.ts'

export const removeBrewProfileRoute =
  (removeBrewProfile: RemoveBrewProfile): Routes =>
  (http) => {
    http.delete(
      '/admin/products/:id/brew-profiles/:profile_id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Delete a brew profile',
          params: Type.Object({ id: Id, profile_id: Id }),
          response: { 204: Type.Null() },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await removeBrewProfile(request.params.id, request.params.profile_id)
        if (outcome.kind === 'not-found') return refuse(reply, outcome)
        return reply.code(204).send(null)
      },
    )
  }
