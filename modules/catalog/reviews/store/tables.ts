import type { Generated, Selectable } from 'kysely'
import type { ReviewStatus } from '../schema.ts'

type Reviews = {
  id: string
  product_id: string | null
  platform: string
  external_id: string | null
  author: string | null
  rating: number
  text: string
  url: string | null
  reviewed_at: Date
  user_id: string | null
  order_id: string | null
  status: ReviewStatus
  reason: string | null
  version: Generated<number>
  created_at: Date
  updated_at: Date
}

export type Review = Selectable<Reviews>

export type ReviewTables = {
  'catalog.reviews': Reviews
  'catalog.displaced_reviews': {
    order_id: string
    user_id: string
    owner_id: string
    review_id: string
    review: Review
  }
  'catalog.review_totals': { scope: string; platform: string; count: number; rating_sum: number }
}
