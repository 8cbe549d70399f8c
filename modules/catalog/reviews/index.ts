import type { Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { deleteCustomer } from './delete-customer/delete-customer.ts'
import { deleteCustomerSubscription } from './delete-customer/subscriber.ts'
import { changeReview, createReview, deleteReview } from './edit-reviews/edit-reviews.ts'
import { editReviewsRoutes } from './edit-reviews/route.ts'
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
import { writeReviewRoutes } from './write-review/route.ts'
import { deleteMyReview, showMyReview, writeReview } from './write-review/write-review.ts'

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
    writeReviewRoutes({
      writeReview: writeReview(needs),
      showMyReview: showMyReview(needs),
      deleteMyReview: deleteMyReview(needs),
    }),
    editReviewsRoutes({
      createReview: createReview(needs),
      changeReview: changeReview(needs),
      deleteReview: deleteReview(needs),
    }),
    moderateReviewRoute({ moderateReview: moderateReview(needs) }),
    importReviewsRoute({ importReviews: importReviews(needs) }),
  ],
  subscriptions: [
    deleteCustomerSubscription({ deleteCustomer: deleteCustomer(needs) }),
    moveReviewsSubscription({ moveReviews: moveReviews(needs) }),
  ],
})
