import type { CatalogApi } from '#catalog'
import type { PromotionsApi } from '#promotions/api'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { addItem } from './add-item/add-item.ts'
import { addItemRoute } from './add-item/route.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { CartApi } from './api.ts'
import { applyCoupon, removeCoupon } from './change-coupon/change-coupon.ts'
import { changeCouponRoutes } from './change-coupon/route.ts'
import { changeItem } from './change-item/change-item.ts'
import { changeItemRoute } from './change-item/route.ts'
import { cartChecks } from './checks.ts'
import { deleteCart } from './delete-cart/delete-cart.ts'
import { deleteCartSubscription } from './delete-cart/subscriber.ts'
import { deleteIdleCartsJob } from './delete-idle-carts/job.ts'
import { cartEvents } from './events.ts'
import { emptyCart } from './empty-cart/empty-cart.ts'
import { emptyCartRoute } from './empty-cart/route.ts'
import { mergeCarts } from './merge-carts/merge-carts.ts'
import { mergeCartsRoute } from './merge-carts/route.ts'
import { moveLines } from './move-lines/move-lines.ts'
import { moveLinesSubscriptions } from './move-lines/subscriber.ts'
import { ownerOf } from './owner.ts'
import { publishAbandonedCartsJob } from './publish-abandoned-carts/job.ts'
import { removeItem } from './remove-item/remove-item.ts'
import { removeItemRoute } from './remove-item/route.ts'
import { removeOrderedItems } from './remove-ordered-items/remove-ordered-items.ts'
import { removeOrderedItemsSubscription } from './remove-ordered-items/subscriber.ts'
import { showCart } from './show-cart/query.ts'
import { showCartRoute } from './show-cart/route.ts'
import { readLines, type CartDb } from './store.ts'

export type { CartApi } from './api.ts'
export { remoteCart } from './remote.ts'
export type { FoundCart } from './store.ts'

type Needs = Readonly<{
  db: CartDb
  now: Clock
  catalog: Pick<CatalogApi, 'offersOf'>
  promotions: Pick<PromotionsApi, 'factsOf' | 'quote' | 'findCoupon'>
  /** Milliseconds without a change after which a cart with items is abandoned. */
  abandonedAfter: number
}>

/** The carts of users and of guests: lines without prices. */
export function cart(needs: Needs): Module<CartApi> {
  const { db, now, catalog, promotions } = needs
  const slice = { db, now, pricing: { catalog, promotions } }
  const merge = mergeCarts(needs)
  const shared = { ownerOf: ownerOf(merge) }
  const api: CartApi = {
    linesOf: (user_id, cart_token) =>
      cart_token === undefined ? readLines(db, { kind: 'user', user_id }) : merge(user_id, cart_token),
    guestCartOf: (token) => readLines(db, { kind: 'guest', token }),
  }
  return {
    name: 'cart',
    description: 'The carts of users and of guests: lines without prices.',
    api,
    internal: [answerCallsRoutes(api)],
    routes: [
      showCartRoute({ ...shared, showCart: showCart(slice) }),
      addItemRoute({ ...shared, addItem: addItem(slice) }),
      changeItemRoute({ ...shared, changeItem: changeItem(slice) }),
      removeItemRoute({ ...shared, removeItem: removeItem(slice) }),
      emptyCartRoute({ ...shared, emptyCart: emptyCart(slice) }),
      mergeCartsRoute({ pricing: slice.pricing, mergeCarts: merge }),
      changeCouponRoutes({
        ...shared,
        applyCoupon: applyCoupon({ ...slice, promotions }),
        removeCoupon: removeCoupon(slice),
      }),
    ],
    subscriptions: [
      removeOrderedItemsSubscription(removeOrderedItems({ now })),
      deleteCartSubscription({ deleteCart }),
      ...moveLinesSubscriptions({ moveLines: moveLines({ now }) }),
    ],
    publishes: cartEvents,
    jobs: [deleteIdleCartsJob(needs), publishAbandonedCartsJob(needs)],
    checks: cartChecks(db),
  }
}
