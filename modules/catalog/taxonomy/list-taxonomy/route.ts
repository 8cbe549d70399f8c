import type { TSchema } from 'typebox'
import { type Routes, sendCached } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import {
  AdminAttribute,
  AdminCategory,
  AdminProductType,
  AdminTag,
  Attribute,
  Category,
  ProductType,
  Tag,
  type TermKind,
  termKinds,
} from '../schema.ts'
import type { ListAdminTaxonomy, ListTaxonomy } from './query.ts'

const views: Record<TermKind, Readonly<{ view: TSchema; adminView: TSchema }>> = {
  categories: { view: Category, adminView: AdminCategory },
  tags: { view: Tag, adminView: AdminTag },
  attributes: { view: Attribute, adminView: AdminAttribute },
  types: { view: ProductType, adminView: AdminProductType },
}

const querystring = Closed(PageQuery)

type Queries = Readonly<{ listTaxonomy: ListTaxonomy; listAdminTaxonomy: ListAdminTaxonomy }>

export const listTaxonomyRoutes =
  ({ listTaxonomy, listAdminTaxonomy }: Queries): Routes =>
  (http) => {
    for (const kind of termKinds) {
      const { view, adminView } = views[kind]
      http.get(
        `/catalog/${kind}`,
        {
          schema: {
            tags: ['catalog'],
            summary: `List the ${kind} of the shop`,
            querystring,
            response: { 200: Page(view) },
          },
          config: { access: 'anyone' },
        },
        async (request, reply) =>
          sendCached(request, reply, await listTaxonomy(kind, windowOf(request.query), request.locale)),
      )
      http.get(
        `/admin/${kind}`,
        {
          schema: {
            tags: ['catalog admin'],
            summary: `List the ${kind} of the shop in both languages`,
            querystring,
            response: { 200: Page(adminView) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async ({ locale, query }) => listAdminTaxonomy(kind, windowOf(query), locale),
      )
    }
  }
