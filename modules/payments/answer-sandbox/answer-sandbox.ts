import type { Kysely } from 'kysely'
import { crashPoint } from '../crash-points.ts'
import { isOpen } from '../payment.ts'
import type { SandboxDecision } from '../schema.ts'
import type { SettlePayment } from '../settlement.ts'
import type { AwaitPaymentRequest } from '../store/awaited-requests.ts'
import { listPaymentsOf } from '../store/payments.ts'
import type { PaymentsTables } from '../store/tables.ts'

export type AnswerSandbox = (subject_id: string, decision: SandboxDecision) => Promise<void>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  awaitPaymentRequest: AwaitPaymentRequest
  decide: (payment_id: string, decision: SandboxDecision) => Promise<void>
  settlePayment: SettlePayment
}>

/** The buyer decides what the sandbox bank answers; then payments reads the charge at the bank. */
export const answerSandbox =
  ({ db, awaitPaymentRequest, decide, settlePayment }: Needs): AnswerSandbox =>
  async (subject_id, decision) => {
    await awaitPaymentRequest(subject_id, subject_id)
    const payments = await listPaymentsOf(db, subject_id)
    const open = payments.find((payment) => isOpen(payment) && payment.provider === 'sandbox')
    if (!open) return
    await decide(open.id, decision)
    crashPoint('after-approval.before-settling')
    await settlePayment(open.id)
  }
