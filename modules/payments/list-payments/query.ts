import { byTime, countRows, timeCursor } from '#platform/db'
import { notFound, pageOf, type NotFound, type Window } from '#platform/outcome'
import type { Payment } from '../payment.ts'
import type { PaymentMethod, PaymentStatus } from '../schema.ts'
import { findPayment } from '../store/payments.ts'
import { listRefundsOf } from '../store/refunds.ts'
import type { PaymentsDb } from '../store/tables.ts'

type Filter = Readonly<{
  status?: PaymentStatus | undefined
  method?: PaymentMethod | undefined
  provider?: string | undefined
  order_id?: string | undefined
  user_id?: string | undefined
  from?: Date | undefined
  until?: Date | undefined
  window: Window
}>
export type ListAllPayments = (filter: Filter) => Promise<ReturnType<typeof pageOf<Payment>>>
export type ShowAnyPayment = (id: string) => Promise<FoundPayment | NotFound>
type FoundPayment = Readonly<{
  kind: 'found'
  payment: Payment
  refunds: Awaited<ReturnType<typeof listRefundsOf>>
}>

type Needs = Readonly<{ db: PaymentsDb }>

/** All payments, newest first; keyset by (created_at, id). */
export const listAllPayments =
  ({ db }: Needs): ListAllPayments =>
  async ({ status, method, provider, order_id, user_id, from, until, window }) => {
    const matching = db
      .selectFrom('payments.payments')
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(method !== undefined, (query) => query.where('method', '=', method!))
      .$if(provider !== undefined, (query) => query.where('provider', '=', provider!))
      .$if(order_id !== undefined, (query) => query.where('subject_id', '=', order_id!))
      .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
      .$if(from !== undefined, (query) => query.where('created_at', '>=', from!))
      .$if(until !== undefined, (query) => query.where('created_at', '<', until!))
    const [items, counted] = await Promise.all([
      matching.selectAll().$call(byTime(window)).$castTo<Payment>().execute(),
      countRows(db, matching),
    ])
    return pageOf({ items, counted, window, cursorOf: timeCursor })
  }

/** A payment with its refunds, newest first. */
export const showAnyPayment =
  ({ db }: Needs): ShowAnyPayment =>
  async (id) => {
    const [payment, refunds] = await Promise.all([findPayment(db, id), listRefundsOf(db, id)])
    return payment ? { kind: 'found', payment, refunds } : notFound('payment')
  }
