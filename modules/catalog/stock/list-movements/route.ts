import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { StockMovement } from '../schema.ts'
import type { ListMovements } from './query.ts'

export const listMovementsRoute =
  ({ listMovements }: Readonly<{ listMovements: ListMovements }>): Routes =>
  (http) => {
    http.get(
      '/admin/variants/:id/movements',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'List the stock movements of a variant, newest first',
          params: IdParams,
          querystring: Closed(PageQuery),
          response: { 200: Page(StockMovement) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await listMovements(request.params.id, windowOf(request.query))
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return outcome.page
      },
    )
  }
