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
  summary: 'A payment of yours; staff with payments.read see any',
  params: IdParams,
  response: { 200: PaymentView },
}

const ofOrder = {
  tags,
  summary: 'All payments of an order, newest first',
  params: Type.Object({ order_id: Id }),
  querystring: Closed(PageQuery),
  response: { 200: Page(PaymentView) },
}

const viewerOf = (caller: Caller): Viewer =>
  admits({ permission: 'payments.read' }, caller) ? { sees: 'all' } : { user_id: userOf(caller).user_id }

type Needs = Readonly<{ showPayment: ShowPayment; listPayments: ListPayments; viewOf: PaymentViewOf }>

export const showPaymentRoutes =
  ({ showPayment, listPayments, viewOf }: Needs): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.get('/payments/:id', { schema: one, config }, async ({ params, caller }, reply) => {
      const outcome = await showPayment(params.id, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return viewOf(outcome.payment)
    })

    http.get('/payments/order/:order_id', { schema: ofOrder, config }, async ({ params, query, caller }, reply) => {
      const window = windowOf(query)
      const outcome = await listPayments(params.order_id, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return pageOfAll(outcome.payments.map(viewOf), window)
    })
  }
