import type { Kysely } from 'kysely'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { isOpen } from '../payment.ts'
import { awaitPaymentRequest } from '../store/await-payment-request.ts'
import { listPaymentsOf } from '../store/payment-store.ts'
import type { PaymentsTables } from '../store/table-types.ts'

type Decision = 'succeeded' | 'declined' | 'processing'

export type AnswerSandbox = (subject_id: string, decision: Decision) => Promise<void>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  now: Clock
  decide: (payment_id: string, decision: Decision) => Promise<void>
  settlePayment: (payment_id: string) => Promise<unknown>
}>

/** The buyer decides what the sandbox bank answers; then payments reads the charge at the bank. */
export const answerSandbox =
  ({ db, now, decide, settlePayment }: Needs): AnswerSandbox =>
  async (subject_id, decision) => {
    await awaitPaymentRequest({ db, now }, subject_id)
    const payments = await listPaymentsOf(db, subject_id)
    const open = payments.find((payment) => isOpen(payment) && payment.provider === 'sandbox')
    if (!open) return
    await decide(open.id, decision)
    crashPoint('after-approval.before-settling')
    await settlePayment(open.id)
  }
