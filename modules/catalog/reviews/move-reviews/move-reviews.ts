import { sql } from 'kysely'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogTx } from '../../store/tables.ts'
import { productsOf } from '../store/reviews.ts'

type OwnerChange = Readonly<{ order_id: string; user_id: string }>
export type MoveReviews = (tx: CatalogTx, change: OwnerChange) => Promise<void>

type Moved = Readonly<{ product_id: string | null }>

/**
 * Gives the reviews of an order to its new owner: two accounts of one person were merged, or are two again. A buyer has one
 * review of a product, so the owner's own stays and the other one is set aside until its author has the order again. A repeat
 * changes nothing.
 */
export const moveReviews =
  ({ catalogCache }: Readonly<{ catalogCache: CatalogCache }>): MoveReviews =>
  async (tx, change) => {
    const displaced = await displaceReviews(tx, change)
    await tx
      .updateTable('catalog.reviews')
      .set({ user_id: change.user_id })
      .where('order_id', '=', change.order_id)
      .where('user_id', '<>', change.user_id)
      .execute()
    const restored = await restoreReviews(tx, change)
    const products = productsOf(...displaced, ...restored)
    if (products.length > 0) catalogCache.invalidateProducts(tx, products)
  }

/** Sets aside the reviews of the order on products of which the new owner has a review. */
async function displaceReviews(tx: CatalogTx, { order_id, user_id }: OwnerChange): Promise<readonly Moved[]> {
  await sql`
    update catalog.displaced_reviews set owner_id = ${user_id} where order_id = ${order_id} and owner_id <> ${user_id}
  `.execute(tx)
  const { rows } = await sql<Moved>`
    with displaced as (
      delete from catalog.reviews where order_id = ${order_id} and user_id <> ${user_id}
        and product_id in (select own.product_id from catalog.reviews own where own.user_id = ${user_id})
      returning *
    ), stored as (
      insert into catalog.displaced_reviews (order_id, user_id, owner_id, review_id, review)
      select order_id, user_id, ${user_id}, id, to_jsonb(displaced) from displaced
    )
    select product_id from displaced
  `.execute(tx)
  return rows
}

/** Brings back the reviews of an author who has the order again. A deleted product has none. */
async function restoreReviews(tx: CatalogTx, { order_id, user_id }: OwnerChange): Promise<readonly Moved[]> {
  const { rows } = await sql<Moved>`
    with returned as (
      delete from catalog.displaced_reviews where order_id = ${order_id} and user_id = ${user_id} returning review
    )
    insert into catalog.reviews
    select own.* from returned, jsonb_populate_record(null::catalog.reviews, returned.review) as own
    where own.product_id in (select id from catalog.products)
    on conflict do nothing returning product_id
  `.execute(tx)
  return rows
}
