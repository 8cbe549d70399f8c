import { refuse, type Routes } from '#platform/http'
import { isRefusal, pageOfAll, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { AdminBrewProfile } from '../brew-profile-schema.ts'
import type { ListBrewProfiles } from './query.ts'

export const listBrewProfilesRoute =
  ({ listBrewProfiles }: Readonly<{ listBrewProfiles: ListBrewProfiles }>): Routes =>
  (http) => {
    http.get(
      '/admin/products/:id/brew-profiles',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'List the brew profiles of a product',
          params: IdParams,
          querystring: Closed(PageQuery),
          response: { 200: Page(AdminBrewProfile) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const window = windowOf(request.query)
        const outcome = await listBrewProfiles(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return pageOfAll(outcome.profiles, window)
      },
    )
  }
