import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { ownPlatform, type CreateReviewBody } from '../schema.ts'
import { insertReview, lockReview, productsOf, reviewConflicts } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type CreateReviewInput = CreateReviewBody & Readonly<{ operation_id: string }>
export type CreatedReview = Readonly<{ kind: 'created'; review: Review }>
export type CreateReviewOutcome =
  | CreatedReview
  | Refused<'platform-reserved' | 'review-taken' | 'unknown-product' | 'id-taken'>
export type CreateReview = (
  input: CreateReviewInput,
  storeResponse: StoreResponse<CreatedReview>,
) => Promise<CreateReviewOutcome>

/** Adds a review of another platform. Idempotent by id. */
export const createReview =
  ({ db, now, catalogCache }: Needs): CreateReview =>
  async (input, storeResponse) => {
    if (input.platform === ownPlatform) return { kind: 'refused', reason: 'platform-reserved' }
    const review = reviewOf(input, now())
    return await transaction(
      db,
      async (tx): Promise<CreateReviewOutcome> => {
        const inserted = await insertReview(tx, review)
        if (!inserted) {
          const existing = await lockReview(tx, review.id)
          return existing && isSame(existing, review)
            ? { kind: 'created', review: existing }
            : { kind: 'refused', reason: 'id-taken' }
        }
        const created = { kind: 'created', review: inserted } as const
        await storeResponse(tx, created)
        catalogCache.invalidateProducts(tx, productsOf(inserted))
        return created
      },
      { conflicts: reviewConflicts },
    )
  }

const reviewOf = ({ operation_id, id = operation_id, ...input }: CreateReviewInput, now: Date): Review => ({
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
