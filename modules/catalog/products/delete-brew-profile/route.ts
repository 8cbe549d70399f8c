import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { BrewProfileParams } from '../brew-profile-schema.ts'
import type { DeleteBrewProfile } from './delete-brew-profile.ts'

export const deleteBrewProfileRoute =
  ({ deleteBrewProfile }: Readonly<{ deleteBrewProfile: DeleteBrewProfile }>): Routes =>
  (http) => {
    http.delete(
      '/admin/products/:id/brew-profiles/:profile_id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Delete a brew profile',
          params: BrewProfileParams,
          response: { 204: Type.Null() },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await deleteBrewProfile(request.params.id, request.params.profile_id)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.code(204).send(null)
      },
    )
  }
