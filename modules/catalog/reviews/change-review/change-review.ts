import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { ownPlatform, type ChangeReviewBody } from '../schema.ts'
import { lockReview, productsOf, reviewConflicts } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type ChangeReviewOutcome =
  | Readonly<{ kind: 'changed'; review: Review }>
  | NotFound
  | Refused<'platform-reserved' | 'review-taken' | 'unknown-product' | 'review-of-a-buyer'>
export type ChangeReview = (id: string, change: ChangeReviewBody) => Promise<ChangeReviewOutcome>

/** Staff correct a review of another platform. The words of a buyer are the buyer's. */
export const changeReview =
  ({ db, now, catalogCache }: Needs): ChangeReview =>
  async (id, { reviewed_at, ...change }) => {
    if (change.platform === ownPlatform) return { kind: 'refused', reason: 'platform-reserved' }
    return await transaction(
      db,
      async (tx): Promise<ChangeReviewOutcome> => {
        const before = await lockReview(tx, id)
        if (!before) return notFound('review')
        if (before.user_id !== null) return { kind: 'refused', reason: 'review-of-a-buyer' }
        const review = await tx
          .updateTable('catalog.reviews')
          .set({
            ...change,
            ...(reviewed_at !== undefined && { reviewed_at: new Date(reviewed_at) }),
            version: before.version + 1,
            updated_at: now(),
          })
          .where('id', '=', before.id)
          .returningAll()
          .executeTakeFirstOrThrow()
        catalogCache.invalidateProducts(tx, productsOf(before, review))
        return { kind: 'changed', review }
      },
      { conflicts: reviewConflicts },
    )
  }
