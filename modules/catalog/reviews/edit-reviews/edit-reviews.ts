import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { ownPlatform, type ChangeReviewBody, type CreateReviewBody } from '../schema.ts'
import { lockReview, productsOf } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type SavedReview = Readonly<{ kind: 'saved'; review: Review }>
type Wrong = Refused<'platform-reserved' | 'review-taken' | 'unknown-product'>
export type CreateReviewOutcome = SavedReview | Wrong | Refused<'id-taken'>
export type ChangeReviewOutcome = SavedReview | Wrong | NotFound | Refused<'review-of-a-buyer'>

type CreateInput = CreateReviewBody & Readonly<{ operation_id: string }>
export type CreateReview = (
  input: CreateInput,
  storeResponse: StoreResponse<SavedReview>,
) => Promise<CreateReviewOutcome>
export type ChangeReview = (id: string, change: ChangeReviewBody) => Promise<ChangeReviewOutcome>
export type DeleteReview = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

const conflicts = { review_at_platform: 'review-taken', reviews_product_id_fkey: 'unknown-product' } as const

/** Adds a review of another platform. Idempotent by id. */
export const createReview =
  ({ db, now, catalogCache }: Needs): CreateReview =>
  async (input, storeResponse) => {
    if (input.platform === ownPlatform) return { kind: 'refused', reason: 'platform-reserved' }
    const review = reviewOf(input, now())
    return await transaction(
      db,
      async (tx): Promise<CreateReviewOutcome> => {
        const inserted = await tx
          .insertInto('catalog.reviews')
          .values(review)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returningAll()
          .executeTakeFirst()
        if (!inserted) {
          const existing = await lockReview(tx, review.id)
          return existing && isSame(existing, review)
            ? { kind: 'saved', review: existing }
            : { kind: 'refused', reason: 'id-taken' }
        }
        const saved = { kind: 'saved', review: inserted } as const
        await storeResponse(tx, saved)
        catalogCache.invalidateProducts(tx, productsOf(inserted))
        return saved
      },
      { conflicts },
    )
  }

const reviewOf = ({ operation_id, id = operation_id, ...input }: CreateInput, now: Date): Review => ({
  id: id.toLowerCase(),
  product_id: input.product_id ?? null,
  platform: input.platform,
  external_id: input.external_id ?? null,
  author: input.author ?? null,
  rating: input.rating,
  text: input.text ?? '',
  url: input.url ?? null,
  reviewed_at: new Date(input.reviewed_at),
  user_id: null,
  order_id: null,
  status: 'published',
  reason: null,
  version: 1,
  created_at: now,
  updated_at: now,
})

const compared = ['product_id', 'platform', 'external_id', 'author', 'rating', 'text', 'url', 'reviewed_at'] as const

const isSame = (existing: Review, review: Review): boolean =>
  compared.every((fact) => canonicalJson(existing[fact]) === canonicalJson(review[fact]))

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
        return { kind: 'saved', review }
      },
      { conflicts },
    )
  }

export const deleteReview =
  ({ db, catalogCache }: Omit<Needs, 'now'>): DeleteReview =>
  async (id) =>
    await transaction(db, async (tx) => {
      const deleted = await tx.deleteFrom('catalog.reviews').where('id', '=', id).returningAll().executeTakeFirst()
      if (!deleted) return notFound('review')
      catalogCache.invalidateProducts(tx, productsOf(deleted))
      return { kind: 'deleted' } as const
    })
