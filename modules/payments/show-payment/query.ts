import { notFound, type NotFound } from '#platform/outcome'
import type { Payment } from '../payment.ts'
import { findPayment } from '../store/payments.ts'
import { findSubject } from '../store/requested-subjects.ts'
import type { PaymentsDb } from '../store/tables.ts'

/** A buyer sees the buyer's own payments, staff see all. */
export type Viewer = Readonly<{ user_id: string } | { sees: 'all' }>

type FoundPayment = Readonly<{ kind: 'found'; payment: Payment }>
type FoundPayments = Readonly<{ kind: 'found'; payments: readonly Payment[] }>
export type ShowPayment = (id: string, viewer: Viewer) => Promise<FoundPayment | NotFound>
export type ListPayments = (subject_id: string, viewer: Viewer) => Promise<FoundPayments | NotFound>

type Needs = Readonly<{ db: PaymentsDb }>

export const showPayment =
  ({ db }: Needs): ShowPayment =>
  async (id, viewer) => {
    const payment = await findPayment(db, id)
    return payment && isVisible(payment.user_id, viewer) ? { kind: 'found', payment } : notFound('payment')
  }

/** All payments of an order. Not found also means that payments has not handled its `payment-requested` yet. */
export const listPayments =
  ({ db }: Needs): ListPayments =>
  async (subject_id, viewer) => {
    const found = await findSubject(db, subject_id)
    if (!found || !isVisible(found.request.user_id, viewer)) return notFound('order')
    return { kind: 'found', payments: found.payments }
  }

const isVisible = (user_id: string | null, viewer: Viewer) => 'sees' in viewer || viewer.user_id === user_id
