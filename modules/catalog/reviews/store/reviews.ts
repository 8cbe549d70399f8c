import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { Review } from './tables.ts'

/** Locks a review until the transaction ends. */
export const lockReview = (tx: CatalogTx, id: string): Promise<Review | undefined> =>
  tx.selectFrom('catalog.reviews').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

type OfBuyer = Readonly<{ user_id: string; product_id: string }>

export const findOwnReview = (db: CatalogDb, { user_id, product_id }: OfBuyer): Promise<Review | undefined> =>
  db
    .selectFrom('catalog.reviews')
    .selectAll()
    .where('user_id', '=', user_id)
    .where('product_id', '=', product_id)
    .executeTakeFirst()

/** The products that a review shows: none for a review of the shop. */
export const productsOf = (...reviews: readonly (Pick<Review, 'product_id'> | undefined)[]): string[] =>
  reviews.flatMap((review) => (review?.product_id == null ? [] : [review.product_id]))
