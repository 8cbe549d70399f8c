import { refuse, type Routes } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { AdminBrewProfile } from '../schema.ts'
import type { listBrewProfiles } from './query.ts'

export const listBrewProfilesRoute =
  (list: ReturnType<typeof listBrewProfiles>): Routes =>
  (http) => {
    http.get(
      '/admin/products/:id/brew-profiles',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'The brew profiles of a product',
          params: IdParams,
          querystring: Closed(PageQuery),
          response: { 200: Page(AdminBrewProfile) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const window = windowOf(request.query)
        const outcome = await list(request.params.id)
        if (outcome.kind === 'not-found') return refuse(reply, outcome)
        return reply.send(pageOfAll(outcome.profiles, window))
      },
    )
  }
