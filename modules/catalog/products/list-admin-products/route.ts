import { type Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { AdminProduct, adminProductFilter } from '../schema.ts'
import type { ListAdminProducts } from './query.ts'

export const listAdminProductsRoutes =
  ({ listAdminProducts }: Readonly<{ listAdminProducts: ListAdminProducts }>): Routes =>
  (http) => {
    for (const path of ['/admin/products', '/admin/bundles']) {
      const only = path === '/admin/bundles' ? { bundles: true } : {}
      http.get(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'List every product, sold or not, newest first',
            querystring: Closed({ ...PageQuery, ...adminProductFilter }),
            response: { 200: Page(AdminProduct) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async ({ query }) => listAdminProducts({ ...query, ...only }, windowOf(query)),
      )
    }
  }
