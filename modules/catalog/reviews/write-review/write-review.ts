import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { PurchaseOf } from '../purchase.ts'
import { ownPlatform, type WriteReviewBody } from '../schema.ts'
import { productsOf, type OfBuyer } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache; purchaseOf: PurchaseOf }>

export type WriteReviewOutcome = Readonly<{ kind: 'written'; review: Review }> | NotFound | Refused<'not-received'>
export type WriteReview = (input: OfBuyer & Readonly<{ body: WriteReviewBody }>) => Promise<WriteReviewOutcome>

/**
 * Saves the review of a buyer who has received the product; a later one replaces it. Staff read it before others do. The same
 * words again change nothing, so a repeated request does not take a published review back to staff.
 */
export const writeReview =
  ({ db, now, catalogCache, purchaseOf }: Needs): WriteReview =>
  async ({ user_id, product_id, body }) => {
    const purchase = await purchaseOf({ user_id, product_id })
    return await transaction(db, async (tx): Promise<WriteReviewOutcome> => {
      if (!(await hasProduct(tx, product_id))) return notFound('product')
      if (!purchase) return { kind: 'refused', reason: 'not-received' }
      const words = { author: body.author ?? null, rating: body.rating, text: body.text ?? '' }
      const at = now()
      const inserted = await tx
        .insertInto('catalog.reviews')
        .values({ ...words, ...purchase, ...newFacts({ user_id, product_id, at }) })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'product_id']).where('user_id', 'is not', null).doNothing(),
        )
        .returningAll()
        .executeTakeFirst()
      if (inserted) return { kind: 'written', review: inserted }
      const before = await lockOwnReview(tx, { user_id, product_id })
      if (!before) return notFound('review')
      if (before.rating === words.rating && before.text === words.text && before.author === words.author)
        return { kind: 'written', review: before }
      const review = await tx
        .updateTable('catalog.reviews')
        .set({
          ...words,
          status: 'pending',
          reason: null,
          reviewed_at: at,
          updated_at: at,
          version: before.version + 1,
        })
        .where('id', '=', before.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      catalogCache.invalidateProducts(tx, productsOf(review))
      return { kind: 'written', review }
    })
  }

const newFacts = ({ user_id, product_id, at }: OfBuyer & Readonly<{ at: Date }>) => ({
  id: newId(),
  product_id,
  user_id,
  platform: ownPlatform,
  external_id: null,
  url: null,
  status: 'pending' as const,
  reason: null,
  reviewed_at: at,
  created_at: at,
  updated_at: at,
})

async function hasProduct(tx: CatalogTx, id: string): Promise<boolean> {
  const found = await tx
    .selectFrom('catalog.products')
    .select('id')
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst()
  return found !== undefined
}

const lockOwnReview = (tx: CatalogTx, { user_id, product_id }: OfBuyer): Promise<Review | undefined> =>
  tx
    .selectFrom('catalog.reviews')
    .selectAll()
    .where('user_id', '=', user_id)
    .where('product_id', '=', product_id)
    .forUpdate()
    .executeTakeFirst()
