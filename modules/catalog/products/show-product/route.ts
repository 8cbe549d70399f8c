import { Type } from 'typebox'
import { refuse, type Routes, sendCached } from '#platform/http'
import { isRefusal, notFound, type NotFound } from '#platform/outcome'
import { isId, type Locale } from '#platform/values'
import { Plural } from '../../schema.ts'
import { type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { withAttributesBeside } from '../attributes-beside.ts'
import { IdOrSlug, Product } from '../schema.ts'
import { showProduct } from './query.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

const tags = ['catalog']
const config = { access: 'anyone' } as const

export const showProductRoutes =
  (needs: Needs, findType: FindType): Routes =>
  (http) => {
    http.get(
      '/catalog/products/:id',
      {
        schema: {
          tags,
          summary: 'One product with everything its page shows, by id or slug',
          params: Type.Object({ id: IdOrSlug }),
          response: { 200: Product },
        },
        config,
      },
      async (request, reply) => {
        const prepared = await prepareProduct(needs, request.params.id, { locale: request.locale })
        if (isRefusal(prepared)) return refuse(reply, prepared)
        return sendCached(request, reply, prepared)
      },
    )
    http.get(
      '/catalog/:plural/:id',
      {
        schema: {
          tags,
          summary: 'One product of a type; its attributes stand at the top level as well',
          params: Type.Object({ plural: Plural, id: IdOrSlug }),
          response: { 200: Product },
        },
        config,
      },
      async (request, reply) => {
        const type = await findType(request.params.plural)
        if (type.kind === 'not-found') return refuse(reply, type)
        const view = { locale: request.locale, type: type.code }
        const prepared = await prepareProduct(needs, request.params.id, view)
        if (isRefusal(prepared)) return refuse(reply, prepared)
        return sendCached(request, reply, prepared)
      },
    )
  }

type View = Readonly<{ locale: Locale; type?: string }>

async function prepareProduct(
  { db, catalogCache }: Needs,
  idOrSlug: string,
  { locale, type }: View,
): Promise<PreparedResponse | NotFound> {
  const id = isId(idOrSlug)
    ? idOrSlug.toLowerCase()
    : await catalogCache.idOf(idOrSlug, () => findIdBySlug(db, idOrSlug))
  const prepared =
    id &&
    (await catalogCache.product(id, `${locale}:${type ?? ''}`, async () => {
      const product = await showProduct(db, id, locale)
      if (!product || (type !== undefined && product.type !== type)) return undefined
      return prepareResponse(type === undefined ? product : withAttributesBeside(product))
    }))
  return prepared || notFound('product')
}

async function findIdBySlug(db: CatalogDb, slug: string): Promise<string | undefined> {
  const product = await db.selectFrom('catalog.products').select('id').where('slug', '=', slug).executeTakeFirst()
  return product?.id
}
