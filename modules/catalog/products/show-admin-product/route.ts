import { refuse, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import { AdminProduct } from '../schema.ts'
import { listAdminProducts } from '../store/admin-product.ts'

export const showAdminProductRoute =
  ({ db }: Readonly<{ db: CatalogDb }>): Routes =>
  (http) => {
    http.get(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'A product in both languages, with its inactive variants and its stock',
          params: IdParams,
          response: { 200: AdminProduct },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const [product] = await listAdminProducts(db, [request.params.id])
        if (!product) return refuse(reply, notFound('product'))
        return reply.send(product)
      },
    )
  }
