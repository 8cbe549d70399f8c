import { Type } from 'typebox'
import { admits, userOf, type Caller } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, pageOfAll, windowOf } from '#platform/outcome'
import { Closed, Id, IdParams, Page, PageQuery } from '#platform/schema'
import type { PaymentViewOf } from '../payment-view.ts'
import { PaymentView } from '../schema.ts'
import type { ListPayments, ShowPayment, Viewer } from './query.ts'

const tags = ['payments']

const one = {
  tags,
  summary: 'Show your payment; staff with payments.read see every payment',
  params: IdParams,
  response: { 200: PaymentView },
}

const ofOrder = {
  tags,
  summary: 'List the payments of your order, newest first',
  params: Type.Object({ order_id: Id }),
  querystring: Closed(PageQuery),
  response: { 200: Page(PaymentView) },
}

const viewerOf = (caller: Caller): Viewer =>
  admits({ permission: 'payments.read' }, caller) ? { sees: 'all' } : { user_id: userOf(caller).user_id }

type Needs = Readonly<{ showPayment: ShowPayment; listPayments: ListPayments; paymentViewOf: PaymentViewOf }>

export const showPaymentRoutes =
  ({ showPayment, listPayments, paymentViewOf }: Needs): Routes =>
  (http) => {
    const config = { access: { userOr: 'payments.read' } }
    http.get('/payments/:id', { schema: one, config }, async ({ params, caller }, reply) => {
      const outcome = await showPayment(params.id, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return paymentViewOf(outcome.payment)
    })

    http.get('/payments/order/:order_id', { schema: ofOrder, config }, async ({ params, query, caller }, reply) => {
      const window = windowOf(query)
      const outcome = await listPayments(params.order_id, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return pageOfAll(outcome.payments.map(paymentViewOf), window)
    })
  }
