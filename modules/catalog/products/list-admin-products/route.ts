import { Type } from 'typebox'
import { type Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { Code } from '../../schema.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import { AdminProduct } from '../schema.ts'
import { listProductsForStaff } from './query.ts'

const querystring = Closed({
  ...PageQuery,
  type: Type.Optional(Code),
  is_active: Type.Optional(Type.Boolean()),
  is_archived: Type.Optional(Type.Boolean()),
  search: Type.Optional(
    Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$', description: 'Part of a name, or an SKU' }),
  ),
  bundles: Type.Optional(Type.Boolean({ description: 'true: only products with a bundle' })),
})

export const listAdminProductsRoutes =
  ({ db }: Readonly<{ db: CatalogDb }>): Routes =>
  (http) => {
    for (const path of ['/admin/products', '/admin/bundles']) {
      const only = path === '/admin/bundles' ? { bundles: true } : {}
      http.get(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'Every product, sold or not, newest first',
            querystring,
            response: { 200: Page(AdminProduct) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async ({ query }) => listProductsForStaff(db, { ...query, ...only }, windowOf(query)),
      )
    }
  }
