import type { CartApi } from '#cart'
import type { CatalogApi } from '#catalog'
import type { DeliveryApi } from '#delivery/api'
import type { IdentityApi } from '#identity'
import { keyLocal } from '#platform/events'
import type { Rates } from '#platform/limits'
import type { MailQueue } from '#platform/mail'
import type { Module } from '#platform/module'
import { Saga } from '#platform/saga'
import type { Clock } from '#platform/values'
import type { PromotionsApi } from '#promotions/api'
import { lockOrderForCheckout } from './advance-checkout/advance-checkout.ts'
import { advanceCheckoutSubscriptions } from './advance-checkout/subscriber.ts'
import { anonymiseBuyer, anonymiseClosedOrders } from './anonymise-buyer/anonymise-buyer.ts'
import { anonymiseClosedOrdersJob } from './anonymise-buyer/job.ts'
import { anonymiseBuyerSubscription } from './anonymise-buyer/subscriber.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { OrderingApi } from './api.ts'
import { findBuyers } from './buyers.ts'
import { cancelOrder } from './cancel-order/cancel-order.ts'
import { cancelOrderRoutes } from './cancel-order/route.ts'
import { changeStatus } from './change-status/change-status.ts'
import { changeStatusRoutes } from './change-status/route.ts'
import { claimOrders } from './claim-orders/claim-orders.ts'
import { claimOrdersSubscription } from './claim-orders/subscriber.ts'
import { checkoutVersions, holdTimeOf } from './checkout.ts'
import { orderingChecks } from './checks.ts'
import { orderingEvents } from './events.ts'
import { changeOrder } from './change-order/change-order.ts'
import { changeOrderRoute } from './change-order/route.ts'
import { sendEditMail } from './change-order/send-edit-mail.ts'
import { deleteDraft } from './delete-draft/delete-draft.ts'
import { deleteDraftRoute } from './delete-draft/route.ts'
import { deleteOldDrafts } from './delete-old-drafts/delete-old-drafts.ts'
import { deleteOldDraftsJob } from './delete-old-drafts/job.ts'
import { exportOrders } from './export-orders/query.ts'
import { hasOrdered, promotionsOf } from './find-promotions/query.ts'
import { findPurchase } from './find-purchase/query.ts'
import { findState } from './find-state/query.ts'
import { followOrder } from './follow-order/query.ts'
import { followOrderRoutes } from './follow-order/route.ts'
import { listDrafts, showDraft } from './list-drafts/query.ts'
import { listDraftsRoutes } from './list-drafts/route.ts'
import { findOrders, listOrders } from './list-orders/query.ts'
import { listAllOrdersRoutes, listOrdersRoutes } from './list-orders/route.ts'
import { operateCheckout } from './operate-checkout/operate-checkout.ts'
import { operateCheckoutRoute } from './operate-checkout/route.ts'
import type { OpenOrderLimits } from './open-orders.ts'
import type { OrderLinks } from './order-links.ts'
import type { PayUrlOf } from './order-view.ts'
import { moveOrders } from './move-orders/move-orders.ts'
import { moveOrdersSubscriptions } from './move-orders/subscriber.ts'
import { placeDraft, placeOrder } from './place-order/place-order.ts'
import { placeDraftRoute, placeOrderRoutes } from './place-order/route.ts'
import { renewLink } from './renew-link/renew-link.ts'
import { renewLinkRoutes } from './renew-link/route.ts'
import { releaseAbandonedHoldsJob } from './release-abandoned-holds/job.ts'
import { releaseAbandonedHolds } from './release-abandoned-holds/release-abandoned-holds.ts'
import { returns } from './returns/index.ts'
import { saveDraft } from './save-draft/save-draft.ts'
import { saveDraftRoute } from './save-draft/route.ts'
import { openMailLimits } from './send-link/mail-limits.ts'
import { sendLink } from './send-link/send-link.ts'
import { showByLinkRoutes } from './show-by-link/route.ts'
import { showNotes, showOrder } from './show-order/query.ts'
import { showOrderRoutes } from './show-order/route.ts'
import type { OrderingDb } from './store.ts'
import { writeNoteRoute } from './write-note/route.ts'
import { writeNote } from './write-note/write-note.ts'

export type { OrderingApi } from './api.ts'
export { remoteOrdering } from './remote.ts'
export { orderLinksOf } from './sign-order-links/sign-order-links.ts'

type Needs = Readonly<{
  db: OrderingDb
  identity: Pick<IdentityApi, 'accountsOf' | 'findAccounts'>
  cart: Pick<CartApi, 'linesOf' | 'guestCartOf'>
  catalog: Pick<CatalogApi, 'hold' | 'withdrawHold' | 'expireHold' | 'listIdleHolds' | 'expireIdleHolds' | 'offersOf'>
  promotions: Pick<PromotionsApi, 'redeem' | 'reprice' | 'withdraw' | 'factsOf' | 'quote'>
  delivery: Pick<DeliveryApi, 'choosePickupPoint' | 'feeOf' | 'shipmentOf'>
  /** Milliseconds that a buyer has to pay. */
  paymentTimeout: number
  limits: OpenOrderLimits
  cashOnDelivery: boolean
  guestOrders: boolean
  /** Days after the hand-over in which a buyer may ask to return goods. */
  returnWindowDays: number
  orderLinks: OrderLinks
  now: Clock
  payUrlOf: PayUrlOf
  mail: Pick<MailQueue, 'send'>
  /** The rates `mail`, `mail_account` and `mail_address` must be among them. */
  mailRates: Rates
  /** The address of the shop for people. */
  origin: () => string
}>

/** Orders, and the checkout that takes each of them from its placement to its end. */
export function ordering(needs: Needs): Module<OrderingApi> {
  const { db, now, catalog, delivery, limits, cashOnDelivery, guestOrders, payUrlOf, orderLinks } = needs
  const rules = { limits, cashOnDelivery }
  const checkout = new Saga(checkoutVersions(needs.paymentTimeout), lockOrderForCheckout(now), now)
  const show = { showOrder: showOrder(db), findBuyers: findBuyers(needs.identity.accountsOf), payUrlOf, orderLinks }
  const { findAccounts } = needs.identity
  const lists = { listOrders: listOrders(db), findOrders: findOrders(db), findAccounts }
  const api = apiOf(db)
  const place = placeOrder({
    ...needs,
    checkout,
    rules,
    sendLink: sendLink({ ...needs, mayMail: openMailLimits(needs.mailRates, now) }),
  })
  const customerReturns = returns({ ...needs, ...show })
  return {
    name: 'ordering',
    description: 'Orders, and the checkout that takes each of them from its placement to its end.',
    api,
    internal: [answerCallsRoutes(api)],
    unversionedPaths: ['/orders'],
    routes: [
      placeOrderRoutes({ ...show, guestOrders, placeOrder: place }),
      placeDraftRoute({ ...show, placeDraft: placeDraft({ db, placeOrder: place }) }),
      ...draftRoutes(needs),
      listOrdersRoutes({ ...show, ...lists }),
      listAllOrdersRoutes({ ...show, ...lists }),
      showOrderRoutes({ ...show, showNotes: showNotes(db) }),
      changeOrderRoute({
        changeOrder: changeOrder({ ...needs, checkout, editMail: sendEditMail({ ...needs, ...show }) }),
      }),
      writeNoteRoute({ ...show, writeNote: writeNote({ db, now }) }),
      showByLinkRoutes({ ...show, delivery }),
      followOrderRoutes({ followOrder: followOrder(db), orderLinks }),
      cancelOrderRoutes({ cancelOrder: cancelOrder({ db, checkout }), orderLinks }),
      renewLinkRoutes({ renewLink: renewLink({ db }), orderLinks }),
      changeStatusRoutes({ changeStatus: changeStatus({ db, delivery, checkout }) }),
      operateCheckoutRoute({ operateCheckout: operateCheckout({ db, checkout }) }),
      ...customerReturns.routes,
    ],
    publishes: orderingEvents,
    subscriptions: [
      ...advanceCheckoutSubscriptions(checkout).map(keyLocal),
      claimOrdersSubscription({ claimOrders: claimOrders({ now }) }),
      ...moveOrdersSubscriptions({ moveOrders }),
      ...customerReturns.subscriptions,
      anonymiseBuyerSubscription({ anonymiseBuyer: anonymiseBuyer({ now }) }),
    ],
    sagas: [checkout],
    jobs: [
      anonymiseClosedOrdersJob({ anonymiseClosedOrders: anonymiseClosedOrders(db) }),
      deleteOldDraftsJob({ deleteOldDrafts: deleteOldDrafts({ db, now }) }),
      releaseAbandonedHoldsJob({
        releaseAbandonedHolds: releaseAbandonedHolds({ db, now, catalog, holdTime: holdTimeOf(checkout) }),
      }),
    ],
    checks: orderingChecks(db),
  }
}

const draftRoutes = ({ db, now }: Pick<Needs, 'db' | 'now'>) => [
  saveDraftRoute({ saveDraft: saveDraft({ db, now }) }),
  listDraftsRoutes({ listDrafts: listDrafts(db), showDraft: showDraft(db) }),
  deleteDraftRoute({ deleteDraft: deleteDraft(db) }),
]

const apiOf = (db: Needs['db']) => ({
  stateOf: findState(db),
  exportOrders: exportOrders(db),
  hasOrdered: hasOrdered(db),
  promotionsOf: promotionsOf(db),
  purchaseOf: findPurchase(db),
})
