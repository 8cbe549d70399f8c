import type { Bug } from '../bug.ts'

const reviews = (file: string) => `modules/catalog/reviews/${file}`
const writing = reviews('write-review/write-review.test.ts')

/** Reviews of products. */
export const reviewBugs: readonly Bug[] = [
  {
    description: 'a customer who never received a product reviews it',
    requirement: 'SUP-3',
    file: reviews('write-review/write-review.ts'),
    text: "      if (!purchase) return { kind: 'refused', reason: 'not-received' }\n",
    replacement: "      if (!purchase && !user_id) return { kind: 'refused', reason: 'not-received' }\n",
    caughtBy: writing,
  },
  {
    description: 'staff publish words that the author wrote after staff had read the review',
    requirement: 'SUP-3',
    file: reviews('moderate-review/moderate-review.ts'),
    text: 'before.version !== version',
    replacement: 'before.version < version',
    caughtBy: writing,
  },
  {
    description: 'a changed review stays published',
    requirement: 'SUP-3',
    file: reviews('write-review/write-review.ts'),
    text: "          status: 'pending',\n          reason: null,\n          reviewed_at: at,",
    replacement: '          reason: null,\n          reviewed_at: at,',
    caughtBy: writing,
  },
  {
    description: 'the rating counts a review that is no longer published',
    requirement: 'SUP-2',
    file: 'modules/catalog/migrations/0005-reviews.up.sql',
    text: 'update catalog.review_totals as total set count = total.count - gone.count, rating_sum = total.rating_sum - gone.rating_sum',
    replacement: 'update catalog.review_totals as total set count = total.count, rating_sum = total.rating_sum',
    caughtBy: reviews('reviews.test.ts'),
  },
  {
    description: 'the reversal of a merge has lost the review of the second account',
    requirement: 'ID-12',
    file: reviews('move-reviews/move-reviews.ts'),
    text: 'where order_id = ${order_id} and user_id = ${user_id} returning review',
    replacement: 'where order_id = ${order_id} and owner_id <> ${user_id} and user_id = ${user_id} returning review',
    caughtBy: writing,
  },
]
