import { isRefusal } from '#platform/outcome'
import { crashPoint } from '../crash-points.ts'
import { isOpen } from '../payment.ts'
import type { SandboxDecision } from '../schema.ts'
import type { SettlePayment } from '../settlement.ts'
import type { AwaitedPayments } from '../store/awaited-payments.ts'

type AnswerSandboxInput = Readonly<{ subject_id: string; decision: SandboxDecision; client_address: string }>
export type AnswerSandbox = (input: AnswerSandboxInput) => Promise<void>

type Needs = Readonly<{
  awaitedPayments: Pick<AwaitedPayments, 'find'>
  decide: (payment_id: string, decision: SandboxDecision) => Promise<void>
  settlePayment: SettlePayment
}>

/** The buyer decides what the sandbox bank answers; then payments reads the charge at the bank. */
export const answerSandbox =
  ({ awaitedPayments, decide, settlePayment }: Needs): AnswerSandbox =>
  async ({ subject_id, decision, client_address }) => {
    const found = await awaitedPayments.find(subject_id, { key: subject_id, client_address })
    // The page then shows its buttons again.
    if (!found || isRefusal(found)) return
    const open = found.payments.find((payment) => isOpen(payment) && payment.provider === 'sandbox')
    if (!open) return
    await decide(open.id, decision)
    crashPoint('after-approval.before-settling')
    await settlePayment(open.id)
  }
