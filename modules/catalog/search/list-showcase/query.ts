import { windowOf } from '#platform/outcome'
import type { CatalogApi, ShowcaseProduct } from '../../api.ts'
import { byName } from '../../store/by-name.ts'
import { cacheKey, type CatalogCache, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { filterOf } from '../filter.ts'
import type { ListCards } from '../store/cards.ts'
import { findPage } from '../store/find-page.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache; listCards: ListCards }>

const typesShown = 5
const productsOfType = windowOf({ page_size: 4 })

/** A few products in stock of each of the first types, from the cache. */
export const listShowcase =
  ({ db, catalogCache, listCards }: Needs): CatalogApi['listShowcase'] =>
  async (locale) => {
    const { body } = await catalogCache.list(cacheKey(['showcase', locale], {}), async () => {
      const types = await db
        .selectFrom('catalog.types')
        .select('code')
        .orderBy(byName(locale))
        .orderBy('code')
        .limit(typesShown)
        .execute()
      const pages = await Promise.all(
        types.map(({ code }) => findPage(db, filterOf({ type: code, in_stock: true }, locale), productsOfType)),
      )
      const shown = pages.flatMap(({ matches }) => matches.slice(0, productsOfType.limit))
      return prepareResponse(
        await listCards(
          shown.map(({ product_id }) => product_id),
          locale,
        ),
      )
    })
    return JSON.parse(body) as ShowcaseProduct[]
  }

/** The type of a product by its slug, from the cache. */
export const findTypeOf =
  ({ db, catalogCache }: Omit<Needs, 'listCards'>): CatalogApi['typeOf'] =>
  (slug) =>
    catalogCache.idOf(`type-of:${slug}`, async () => {
      const product = await db
        .selectFrom('catalog.products')
        .select('type_code')
        .where('slug', '=', slug)
        .where('is_active', '=', true)
        .executeTakeFirst()
      return product?.type_code
    })
