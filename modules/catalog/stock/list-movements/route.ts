import { refuse, type Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { StockMovement } from '../schema.ts'
import type { listMovements } from './query.ts'

export const listMovementsRoute =
  (list: ReturnType<typeof listMovements>): Routes =>
  (http) => {
    http.get(
      '/admin/variants/:id/movements',
      {
        schema: {
          tags: ['catalog'],
          summary: 'The stock movements of a variant, newest first',
          params: IdParams,
          querystring: Closed(PageQuery),
          response: { 200: Page(StockMovement) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await list(request.params.id, windowOf(request.query))
        if (outcome.kind === 'not-found') return refuse(reply, outcome)
        return reply.send(outcome.page)
      },
    )
  }
