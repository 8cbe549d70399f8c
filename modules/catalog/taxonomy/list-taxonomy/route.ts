import type { TSchema } from 'typebox'
import { type Routes, sendCached } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { type CatalogCache, cacheKey, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import {
  AdminAttribute,
  AdminCategory,
  AdminProductType,
  AdminTag,
  Attribute,
  Category,
  ProductType,
  Tag,
} from '../schema.ts'
import { inLocale, listTerms, type TermKind } from './query.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

const views: Record<TermKind, Readonly<{ view: TSchema; adminView: TSchema }>> = {
  categories: { view: Category, adminView: AdminCategory },
  tags: { view: Tag, adminView: AdminTag },
  attributes: { view: Attribute, adminView: AdminAttribute },
  types: { view: ProductType, adminView: AdminProductType },
}

const querystring = Closed(PageQuery)

export const listTaxonomyRoutes =
  ({ db, catalogCache }: Needs): Routes =>
  (http) => {
    for (const kind of Object.keys(listTerms) as TermKind[]) {
      const { view, adminView } = views[kind]
      http.get(
        `/catalog/${kind}`,
        {
          schema: { tags: ['catalog'], summary: `The shop's ${kind}`, querystring, response: { 200: Page(view) } },
          config: { access: 'anyone' },
        },
        async (request, reply) => {
          const { locale, query } = request
          const window = windowOf(query)
          const load = async () =>
            prepareResponse(inLocale(pageOfAll<object>(await listTerms[kind](db, locale), window), locale))
          return sendCached(request, reply, await catalogCache.list(cacheKey([kind, locale], query), load))
        },
      )
      http.get(
        `/admin/${kind}`,
        {
          schema: {
            tags: ['catalog'],
            summary: `The shop's ${kind} in both languages`,
            querystring,
            response: { 200: Page(adminView) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async ({ locale, query }) => pageOfAll<object>(await listTerms[kind](db, locale), windowOf(query)),
      )
    }
  }
