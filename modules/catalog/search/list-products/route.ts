import { Type, type Static } from 'typebox'
import { refuse, type Routes, sendCached } from '#platform/http'
import { windowOf } from '#platform/outcome'
import type { Locale } from '#platform/values'
import { withAttributesBeside } from '../../products/attributes-beside.ts'
import type { ProductCard } from '../../products/schema.ts'
import { Plural } from '../../schema.ts'
import { cacheKey, type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { filterOf } from '../filter.ts'
import { ListOfTypeQuery, ListQuery, ProductList } from '../schema.ts'
import { withSlugs } from '../store/slugs.ts'
import { listProducts } from './query.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

const tags = ['catalog']
const config = { access: 'anyone' } as const

export const listProductsRoutes =
  (needs: Needs, findType: FindType): Routes =>
  (http) => {
    http.get(
      '/catalog/products',
      {
        schema: {
          tags,
          summary: 'The products of the shop',
          querystring: ListQuery,
          response: { 200: ProductList },
        },
        config,
      },
      async (request, reply) =>
        sendCached(request, reply, await prepareList(needs, request.query, { locale: request.locale })),
    )
    http.get(
      '/catalog/:plural',
      {
        schema: {
          tags,
          summary: 'Products of one type, named by its plural: flowers, teas, bouquets',
          params: Type.Object({ plural: Plural }),
          querystring: ListOfTypeQuery,
          response: { 200: ProductList },
        },
        config,
      },
      async (request, reply) => {
        const type = await findType(request.params.plural)
        if (type.kind === 'not-found') return refuse(reply, type)
        const view = { locale: request.locale, cardView: withAttributesBeside }
        return sendCached(request, reply, await prepareList(needs, { ...request.query, type: type.code }, view))
      },
    )
  }

type View = Readonly<{ locale: Locale; cardView?: (card: ProductCard) => ProductCard }>

function prepareList(
  { db, catalogCache }: Needs,
  query: Static<typeof ListQuery>,
  { locale, cardView }: View,
): Promise<PreparedResponse> {
  const window = windowOf(query)
  return catalogCache.list(cacheKey([locale, cardView !== undefined], query), async () => {
    const filter = filterOf(await withSlugs(db, query), locale)
    const page = await listProducts(db, { filter, window, withFacets: query.facets ?? false })
    return prepareResponse(cardView ? { ...page, items: page.items.map(cardView) } : page)
  })
}
