import { ownPlatform } from './schema.ts'
import type { Review } from './store/tables.ts'

export const reviewViewOf = ({ id, product_id, platform, author, rating, text, url, reviewed_at }: Review) => ({
  id,
  product_id,
  platform,
  author,
  rating,
  text,
  url,
  reviewed_at: reviewed_at.toISOString(),
  is_verified: platform === ownPlatform,
})

export const adminReviewViewOf = ({ reviewed_at, created_at, updated_at, ...review }: Review) => ({
  ...review,
  reviewed_at: reviewed_at.toISOString(),
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})

/** A review as its author sees it. */
export const myReviewViewOf = (review: Review) => ({
  id: review.id,
  product_id: review.product_id ?? '',
  author: review.author,
  rating: review.rating,
  text: review.text,
  status: review.status,
  reason: review.reason,
  updated_at: review.updated_at.toISOString(),
})
