import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import { findOwnReview, type OfBuyer } from '../store/reviews.ts'
import type { Review } from '../store/tables.ts'

export type ShowMyReview = (of: OfBuyer) => Promise<Readonly<{ kind: 'found'; review: Review }> | NotFound>

export const showMyReview =
  (db: CatalogDb): ShowMyReview =>
  async (of) => {
    const review = await findOwnReview(db, of)
    return review ? { kind: 'found', review } : notFound('review')
  }
