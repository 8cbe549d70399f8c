import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminProduct } from '../schema.ts'
import type { ShowAdminProduct } from './query.ts'

export const showAdminProductRoute =
  ({ showAdminProduct }: Readonly<{ showAdminProduct: ShowAdminProduct }>): Routes =>
  (http) => {
    http.get(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Show a product in both languages, with its inactive variants and its stock',
          params: IdParams,
          response: { 200: AdminProduct },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await showAdminProduct(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return outcome.product
      },
    )
  }
