import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, Id, IdParams, Moment, Page, PageQuery, Text } from '#platform/schema'
import type { PaymentViewOf } from '../payment-view.ts'
import { adminRefundViewOf } from '../refund-view.ts'
import { AdminPaymentView, PaymentMethod, PaymentStatus, PaymentView } from '../schema.ts'
import type { ListAllPayments, ShowAnyPayment } from './query.ts'

const tags = ['payments']

const list = {
  tags,
  summary: 'List all payments, newest first',
  querystring: Closed({
    ...PageQuery,
    status: Type.Optional(PaymentStatus),
    method: Type.Optional(PaymentMethod),
    provider: Type.Optional(Text(50, { minLength: 1, description: 'The code of the provider, such as `cash`' })),
    order_id: Type.Optional(Id),
    user_id: Type.Optional(Id),
    from: Type.Optional({ ...Moment, description: 'The earliest moment when the payment was created' }),
    until: Type.Optional({ ...Moment, description: 'The moment before which the payment was created' }),
  }),
  response: { 200: Page(PaymentView) },
}

const show = {
  tags,
  summary: 'Show any payment with its refunds',
  params: IdParams,
  response: { 200: AdminPaymentView },
}

type Needs = Readonly<{
  listAllPayments: ListAllPayments
  showAnyPayment: ShowAnyPayment
  paymentViewOf: PaymentViewOf
}>

export const listPaymentsRoutes =
  ({ listAllPayments, showAnyPayment, paymentViewOf }: Needs): Routes =>
  (http) => {
    const config = { access: { permission: 'payments.read' } }
    http.get('/admin/payments', { schema: list, config }, async ({ query }) => {
      const { status, method, provider, order_id, user_id, from, until } = query
      const between = { ...(from && { from: new Date(from) }), ...(until && { until: new Date(until) }) }
      const filter = { status, method, provider, order_id, user_id, ...between }
      const page = await listAllPayments({ ...filter, window: windowOf(query) })
      return { ...page, items: page.items.map(paymentViewOf) }
    })
    http.get('/admin/payments/:id', { schema: show, config }, async ({ params }, reply) => {
      const outcome = await showAnyPayment(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { ...paymentViewOf(outcome.payment), refunds: outcome.refunds.map(adminRefundViewOf) }
    })
  }
