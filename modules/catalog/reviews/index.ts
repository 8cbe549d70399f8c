import type { Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { changeReview } from './change-review/change-review.ts'
import { changeReviewRoute } from './change-review/route.ts'
import { createReview } from './create-review/create-review.ts'
import { createReviewRoute } from './create-review/route.ts'
import { deleteCustomer } from './delete-customer/delete-customer.ts'
import { deleteCustomerSubscription } from './delete-customer/subscriber.ts'
import { deleteMyReview } from './delete-my-review/delete-my-review.ts'
import { deleteMyReviewRoute } from './delete-my-review/route.ts'
import { deleteReview } from './delete-review/delete-review.ts'
import { deleteReviewRoute } from './delete-review/route.ts'
import { exportReviews } from './export-reviews/query.ts'
import { importReviews } from './import-reviews/import-reviews.ts'
import { importReviewsRoute } from './import-reviews/route.ts'
import { listAdminReviews, listProductReviews, listReviews, showReview } from './list-reviews/query.ts'
import { listReviewsRoutes } from './list-reviews/route.ts'
import { moderateReview } from './moderate-review/moderate-review.ts'
import { moderateReviewRoute } from './moderate-review/route.ts'
import { moveReviews } from './move-reviews/move-reviews.ts'
import { moveReviewsSubscription } from './move-reviews/subscriber.ts'
import type { PurchaseOf } from './purchase.ts'
import { showMyReview } from './show-my-review/query.ts'
import { showMyReviewRoute } from './show-my-review/route.ts'
import { writeReviewRoute } from './write-review/route.ts'
import { writeReview } from './write-review/write-review.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache; purchaseOf: PurchaseOf }>

type Reviews = Readonly<{
  exportReviews: CatalogApi['exportReviews']
  routes: readonly Routes[]
  subscriptions: readonly Subscription[]
}>

/** Reviews at other platforms, and those of the shop's own buyers. */
export const reviews = (needs: Needs): Reviews => ({
  exportReviews: exportReviews(needs.db),
  routes: [
    listReviewsRoutes({
      listReviews: listReviews(needs.db),
      listProductReviews: listProductReviews(needs.db),
      listAdminReviews: listAdminReviews(needs.db),
      showReview: showReview(needs.db),
    }),
    writeReviewRoute({ writeReview: writeReview(needs) }),
    showMyReviewRoute({ showMyReview: showMyReview(needs.db) }),
    deleteMyReviewRoute({ deleteMyReview: deleteMyReview(needs) }),
    createReviewRoute({ createReview: createReview(needs) }),
    changeReviewRoute({ changeReview: changeReview(needs) }),
    deleteReviewRoute({ deleteReview: deleteReview(needs) }),
    moderateReviewRoute({ moderateReview: moderateReview(needs) }),
    importReviewsRoute({ importReviews: importReviews(needs) }),
  ],
  subscriptions: [
    deleteCustomerSubscription({ deleteCustomer: deleteCustomer(needs) }),
    moveReviewsSubscription({ moveReviews: moveReviews(needs) }),
  ],
})
