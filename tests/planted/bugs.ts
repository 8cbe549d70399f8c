import type { Bug } from './bug.ts'
import { addressBugs } from './bugs/addresses.ts'
import { auditBugs } from './bugs/audit.ts'
import { backupBugs } from './bugs/backup.ts'
import { alertBugs } from './bugs/alerts.ts'
import { brokerBugs } from './bugs/broker.ts'
import { cartBugs } from './bugs/cart.ts'
import { catalogBugs } from './bugs/catalog.ts'
import { checkBugs } from './bugs/checks.ts'
import { checkoutBugs } from './bugs/checkout.ts'
import { couponGuessBugs } from './bugs/coupon-guesses.ts'
import { dbBugs } from './bugs/db.ts'
import { deliveryBugs } from './bugs/delivery.ts'
import { deliveryZoneBugs } from './bugs/delivery-zones.ts'
import { dispatchBugs } from './bugs/dispatch.ts'
import { dutyBugs } from './bugs/duty.ts'
import { eventBugs } from './bugs/events.ts'
import { goodsInReturnBugs } from './bugs/goods-in-return.ts'
import { guestOrderBugs } from './bugs/guest-orders.ts'
import { httpBugs } from './bugs/http.ts'
import { identityBugs } from './bugs/identity.ts'
import { lockoutBugs } from './bugs/lockout.ts'
import { mediaBugs } from './bugs/media.ts'
import { mergeBugs } from './bugs/merges.ts'
import { messageBugs } from './bugs/messages.ts'
import { openOrderBugs } from './bugs/open-orders.ts'
import { operationBugs } from './bugs/operation.ts'
import { orderEditBugs } from './bugs/order-edits.ts'
import { orderStepBugs } from './bugs/order-steps.ts'
import { orderingBugs } from './bugs/ordering.ts'
import { outgoingWebhookBugs } from './bugs/outgoing-webhooks.ts'
import { paymentBugs } from './bugs/payments.ts'
import { plannerBugs } from './bugs/planner.ts'
import { platformBugs } from './bugs/platform.ts'
import { promotionBugs } from './bugs/promotions.ts'
import { refundBugs } from './bugs/refunds.ts'
import { scheduleBugs } from './bugs/schedule.ts'
import { returnBugs } from './bugs/returns.ts'
import { reviewBugs } from './bugs/reviews.ts'
import { sagaBugs } from './bugs/saga.ts'
import { serviceBugs } from './bugs/services.ts'
import { stockBugs } from './bugs/stock.ts'
import { tracingBugs } from './bugs/tracing.ts'
import { supportBugs } from './bugs/support.ts'
import { webhookBugs } from './bugs/webhooks.ts'

/** Every planted bug. A change of a line that a bug names must also change the bug. */
export const bugs: readonly Bug[] = [
  ...paymentBugs,
  ...refundBugs,
  ...supportBugs,
  ...webhookBugs,
  ...outgoingWebhookBugs,
  ...goodsInReturnBugs,
  ...returnBugs,
  ...reviewBugs,
  ...sagaBugs,
  ...addressBugs,
  ...alertBugs,
  ...catalogBugs,
  ...serviceBugs,
  ...stockBugs,
  ...promotionBugs,
  ...couponGuessBugs,
  ...deliveryZoneBugs,
  ...orderingBugs,
  ...openOrderBugs,
  ...orderEditBugs,
  ...orderStepBugs,
  ...checkBugs,
  ...checkoutBugs,
  ...guestOrderBugs,
  ...cartBugs,
  ...deliveryBugs,
  ...dispatchBugs,
  ...dutyBugs,
  ...messageBugs,
  ...plannerBugs,
  ...identityBugs,
  ...mergeBugs,
  ...platformBugs,
  ...scheduleBugs,
  ...dbBugs,
  ...httpBugs,
  ...lockoutBugs,
  ...mediaBugs,
  ...operationBugs,
  ...eventBugs,
  ...brokerBugs,
  ...tracingBugs,
  ...auditBugs,
  ...backupBugs,
]
