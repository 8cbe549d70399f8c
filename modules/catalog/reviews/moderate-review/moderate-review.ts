import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { ModerateReviewBody } from '../schema.ts'
import { lockReview, productsOf } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type ModerateReviewOutcome =
  | Readonly<{ kind: 'moderated'; review: Review }>
  | NotFound
  | Readonly<Refused<'changed-meanwhile'> & { version: number }>
export type ModerateReview = (id: string, moderation: ModerateReviewBody) => Promise<ModerateReviewOutcome>

/** Publishes or rejects the version of a review that staff have read. Its author may have changed it meanwhile. */
export const moderateReview =
  ({ db, now, catalogCache }: Needs): ModerateReview =>
  async (id, { status, version, reason = null }) =>
    await transaction(db, async (tx): Promise<ModerateReviewOutcome> => {
      const before = await lockReview(tx, id)
      if (!before) return notFound('review')
      if (before.version !== version) return { kind: 'refused', reason: 'changed-meanwhile', version: before.version }
      const review = await tx
        .updateTable('catalog.reviews')
        .set({ status, reason: status === 'rejected' ? reason : null, updated_at: now() })
        .where('id', '=', before.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      catalogCache.invalidateProducts(tx, productsOf(review))
      return { kind: 'moderated', review }
    })
