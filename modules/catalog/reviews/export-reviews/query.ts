import type { CatalogApi } from '../../api.ts'
import type { CatalogDb } from '../../store/tables.ts'

const maxReviews = 10_000

/** Lists the reviews that a user has written, newest first. */
export const exportReviews =
  (db: CatalogDb): CatalogApi['exportReviews'] =>
  async (user_id) =>
    await db
      .selectFrom('catalog.reviews')
      .select([
        'id',
        'product_id',
        'order_id',
        'author',
        'rating',
        'text',
        'status',
        'reason',
        'reviewed_at',
        'created_at',
      ])
      .where('user_id', '=', user_id)
      .orderBy('created_at', 'desc')
      .limit(maxReviews)
      .execute()
