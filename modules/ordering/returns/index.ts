import { keyLocal, type Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { MailQueue } from '#platform/mail'
import type { Clock } from '#platform/values'
import type { FindBuyers } from '../buyers.ts'
import type { OrderLinks } from '../order-links.ts'
import type { OrderingDb } from '../store.ts'
import { approveReturn } from './approve-return/approve-return.ts'
import { approveReturnRoute } from './approve-return/route.ts'
import { listOwnReturns, listReturns, showReturn } from './list-returns/query.ts'
import { listOwnReturnsRoutes, listReturnsRoutes } from './list-returns/route.ts'
import { receiveReturn } from './receive-return/receive-return.ts'
import { receiveReturnRoute } from './receive-return/route.ts'
import { refundReturn } from './refund-return/refund-return.ts'
import { refundReturnRoute } from './refund-return/route.ts'
import { refuseReturn } from './refuse-return/refuse-return.ts'
import { refuseReturnRoute } from './refuse-return/route.ts'
import { requestReturn } from './request-return/request-return.ts'
import { requestReturnRoutes } from './request-return/route.ts'
import { sendReturnMail } from './send-return-mail/send-return-mail.ts'
import { settleRefund } from './settle-refund/settle-refund.ts'
import { settleRefundSubscriptions } from './settle-refund/subscriber.ts'

type Needs = Readonly<{
  db: OrderingDb
  now: Clock
  /** Days after the hand-over in which a buyer may ask to return goods. */
  returnWindowDays: number
  findBuyers: FindBuyers
  orderLinks: OrderLinks
  mail: Pick<MailQueue, 'send'>
  origin: () => string
}>

type Returns = Readonly<{ routes: readonly Routes[]; subscriptions: readonly Subscription[] }>

/** Goods that buyers send back after they received them: request, decision, receipt, refund. */
export const returns = (needs: Needs): Returns => {
  const { db, orderLinks } = needs
  const returnMail = sendReturnMail(needs)
  return {
    routes: [
      requestReturnRoutes({ requestReturn: requestReturn(needs), orderLinks }),
      listOwnReturnsRoutes({ listOwnReturns: listOwnReturns(needs), orderLinks }),
      listReturnsRoutes({ listReturns: listReturns(db), showReturn: showReturn(db) }),
      approveReturnRoute({ approveReturn: approveReturn({ ...needs, returnMail }) }),
      refuseReturnRoute({ refuseReturn: refuseReturn({ ...needs, returnMail }) }),
      receiveReturnRoute({ receiveReturn: receiveReturn(needs) }),
      refundReturnRoute({ refundReturn: refundReturn({ ...needs, returnMail }) }),
    ],
    subscriptions: settleRefundSubscriptions({
      settleRefund: settleRefund({ ...needs, returnMail }),
      returnMail,
    }).map(keyLocal),
  }
}
