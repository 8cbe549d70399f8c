import { createHash } from 'node:crypto'
import type { Cache } from '#platform/cache'
import { afterCommit, type AnyTx } from '#platform/db'

/** An answer as it goes over the wire. */
export type Prepared = Readonly<{ body: string; etag: string }>

/** Answers of the public reads, ready to send, for as long as nothing they show has changed. */
export type Shelf = Readonly<{
  list: (key: string, load: () => Promise<Prepared>) => Promise<Prepared>
  product: (id: string, key: string, load: () => Promise<Prepared | undefined>) => Promise<Prepared | undefined>
  /** Which product has this slug. */
  idOf: (slug: string, load: () => Promise<string | undefined>) => Promise<string | undefined>
  /** Once `tx` commits, these products and all lists are read anew: their stock moved. */
  moved: (tx: AnyTx, product_ids: readonly string[]) => void
  /** Once `tx` commits, everything is read anew: staff changed something. */
  changed: (tx: AnyTx) => void
}>

const lists = 'catalog:lists'
const everything = 'catalog'
const tagOf = (product_id: string) => `catalog:product:${product_id}`

/** What a change makes wrong goes at once; the cache's own time bounds what another process changed. */
export const openShelf = (cache: Cache): Shelf => ({
  list: (key, load) => cache.through({ key: `catalog:list:${key}`, tags: [lists, everything], load }),
  product: (id, key, load) =>
    cache.through({ key: `catalog:product:${id}:${key}`, tags: [tagOf(id), everything], load }),
  idOf: (slug, load) => cache.through({ key: `catalog:slug:${slug}`, tags: [everything], load }),
  moved: (tx, product_ids) => afterCommit(tx, () => void cache.bump(lists, ...new Set(product_ids.map(tagOf)))),
  changed: (tx) => afterCommit(tx, () => void cache.bump(everything)),
})

export function prepare(content: unknown): Prepared {
  const body = JSON.stringify(content)
  return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
}

/** A key that is the same for the same query, in whatever order it was written. */
export const shelfKey = (about: readonly unknown[], query: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([about, Object.entries(query).toSorted(([one], [other]) => (one < other ? -1 : 1))])
