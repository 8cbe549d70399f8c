import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { Review } from './tables.ts'

/** The constraints that refuse a review of another platform. */
export const reviewConflicts = {
  review_at_platform: 'review-taken',
  reviews_product_id_fkey: 'unknown-product',
} as const

/** Locks a review until the transaction ends. */
export const lockReview = (tx: CatalogTx, id: string): Promise<Review | undefined> =>
  tx.selectFrom('catalog.reviews').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export type OfBuyer = Readonly<{ user_id: string; product_id: string }>

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

/** Inserts a review; undefined when its id is taken. */
export const insertReview = (tx: CatalogTx, review: Review): Promise<Review | undefined> =>
  tx
    .insertInto('catalog.reviews')
    .values(review)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()
