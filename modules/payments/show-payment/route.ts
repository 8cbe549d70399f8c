import { Type } from 'typebox'
import { admits, notFound, userOf, type Caller, type Routes } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { PaymentAnswer, presentPayment } from '../payment-answer.ts'
import type { ListPayments, ShowPayment, Viewer } from './query.ts'

const tags = ['payments']
const Id = Type.String({ format: 'uuid' })

const one = {
  tags,
  summary: 'A payment of yours; staff with payments.read sees any',
  params: Type.Object({ id: Id }),
  response: { 200: PaymentAnswer },
}

const ofOrder = {
  tags,
  summary: 'Every attempt to pay an order, newest first',
  params: Type.Object({ order_id: Id }),
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: Page(PaymentAnswer) },
}

const viewerOf = (caller: Caller): Viewer =>
  admits({ permission: 'payments.read' }, caller) ? { sees: 'all' } : { user_id: userOf(caller).user_id }

export const showPaymentRoute =
  (show: ShowPayment): Routes =>
  (http) => {
    http.get('/payments/:id', { schema: one, config: { access: 'customer' } }, async (request) => {
      const payment = await show(request.params.id, viewerOf(request.caller))
      if (!payment) throw notFound('payment')
      return presentPayment(payment)
    })
  }

export const listPaymentsRoute =
  (list: ListPayments): Routes =>
  (http) => {
    http.get('/payments/order/:order_id', { schema: ofOrder, config: { access: 'customer' } }, async (request) => {
      const window = windowOf(request.query)
      const payments = await list(request.params.order_id, viewerOf(request.caller))
      if (!payments) throw notFound('order')
      return pageOfAll(payments.map(presentPayment), window)
    })
  }
