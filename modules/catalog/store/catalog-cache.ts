import { createHash } from 'node:crypto'
import type { Cache, Cacheable } from '#platform/cache'
import { afterCommit, type AnyTx } from '#platform/db'
import type { Locale } from '#platform/values'
import type { ProductCard } from '../products/schema.ts'

/** The body of a response as it is sent, and its entity tag. */
export type PreparedResponse = Readonly<{ body: string; etag: string }>

/** The cache of the public responses. A cached response is served until a row that it shows changes. */
export type CatalogCache = Readonly<{
  list: (key: string, load: () => Promise<PreparedResponse>) => Promise<PreparedResponse>
  product: (
    id: string,
    key: string,
    load: () => Promise<PreparedResponse | undefined>,
  ) => Promise<PreparedResponse | undefined>
  /** A product in the lists; undefined when it is not on sale. */
  card: (id: string, locale: Locale, load: () => Promise<ProductCard | undefined>) => Promise<ProductCard | undefined>
  /** The id or code that belongs to a name in an address. */
  idOf: (name: string, load: () => Promise<string | undefined>) => Promise<string | undefined>
  /** The terms that describe products, in the order of this language. They change when staff edit them. */
  terms: <Terms extends Cacheable>(locale: Locale, load: () => Promise<Terms>) => Promise<Terms>
  /** Invalidates these products and all lists once `tx` has committed: their stock changed. */
  invalidateProducts: (tx: AnyTx, product_ids: readonly string[]) => void
  /** Invalidates every response once `tx` has committed: staff changed the catalog. */
  invalidateAll: (tx: AnyTx) => void
}>

/** The tag of every response with a list of products. */
export const listsTag = 'catalog:lists'
/** The triggers of the catalog's tables notify the cache of this tag. */
export const catalogTag = 'catalog'
const productTag = (product_id: string) => `catalog:product:${product_id}`

/**
 * A change invalidates this process at once, and other processes by the notification of its trigger. An order invalidates its
 * own process only, because NOTIFY would serialize the commits of orders: in other processes the default life of a cached
 * value (CACHE_DEFAULT_TTL) bounds the age of the stock.
 */
export const openCatalogCache = (cache: Cache): CatalogCache => ({
  list: (key, load) => cache.through({ key: `catalog:list:${key}`, tags: [listsTag, catalogTag], load }),
  product: (id, key, load) =>
    cache.through({ key: `catalog:product:${id}:${key}`, tags: [productTag(id), catalogTag], load }),
  card: (id, locale, load) =>
    cache.through({ key: `catalog:card:${id}:${locale}`, tags: [productTag(id), catalogTag], load }),
  idOf: (name, load) => cache.through({ key: `catalog:name:${name}`, tags: [catalogTag], load }),
  terms: (locale, load) => cache.through({ key: `catalog:terms:${locale}`, tags: [catalogTag], load }),
  invalidateProducts: (tx, product_ids) =>
    afterCommit(tx, () => void cache.bump(listsTag, ...new Set(product_ids.map(productTag)))),
  invalidateAll: (tx) => afterCommit(tx, () => void cache.bump(catalogTag)),
})

export function prepareResponse(content: unknown): PreparedResponse {
  const body = JSON.stringify(content)
  return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
}

/** The same key for the same query, whatever the order of its parameters. */
export const cacheKey = (prefix: readonly unknown[], query: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([prefix, Object.entries(query).toSorted(([one], [other]) => (one < other ? -1 : 1))])
