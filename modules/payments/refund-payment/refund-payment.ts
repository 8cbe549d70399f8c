import { transaction, type AnyTx } from '#platform/db'
import { isRefusal, notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { refund, type RefundDecision } from '../payment.ts'
import { ProviderUnavailable } from '../provider.ts'
import { findPayment, lockPayment } from '../store/payments.ts'
import { findRefund, insertRefund } from '../store/refunds.ts'
import { awaitsReturn } from '../store/returns.ts'
import type { PaymentsDb, RefundRow } from '../store/tables.ts'

type RefundPaymentInput = Readonly<{
  /** The refund's id: a repeat with it finishes the same refund. */
  id: string
  payment_id: string
  /** Minor units; everything that is left when absent. */
  amount?: number | undefined
  reason: string
  /** The member of staff; null for a machine. */
  user_id: string | null
  /** True: also while a return waits for its refund. */
  besides_return?: boolean | undefined
}>

/** `requested`: the provider has not answered yet, and a job or another process finishes the refund. */
export type AcceptedRefund = Readonly<{ kind: 'refunded' | 'requested'; refund: RefundRow }>
export type RefundPaymentOutcome =
  | AcceptedRefund
  | Extract<RefundDecision, { kind: 'refused' }>
  | Refused<'id-taken' | 'provider-refused' | 'return-awaits-refund'>
  | NotFound
export type RefundPayment = (
  input: RefundPaymentInput,
  storeResponse: StoreResponse<AcceptedRefund>,
) => Promise<RefundPaymentOutcome>

type Needs = Readonly<{
  db: PaymentsDb
  now: Clock
  finishRefund: (refund_id: string, alsoSave: (tx: AnyTx, refund: RefundRow) => Promise<void>) => Promise<RefundRow>
}>

/** Saves the requested refund, then sends it to the provider. A job finishes it after a crash or a silent provider. */
export const refundPayment =
  ({ db, now, finishRefund }: Needs): RefundPayment =>
  async (input, storeResponse) => {
    const requested = await requestRefund(db, input, now())
    if (isRefusal(requested)) return requested
    crashPoint('after-request.before-refund')
    try {
      const finished = await finishRefund(input.id, async (tx, refund) => {
        const outcome = outcomeOf(refund)
        if (outcome.kind === 'refunded') await storeResponse(tx, outcome)
      })
      return outcomeOf(finished)
    } catch (error) {
      if (error instanceof ProviderUnavailable) return requested
      throw error
    }
  }

const outcomeOf = (refund: RefundRow): AcceptedRefund | Refused<'provider-refused'> =>
  refund.status === 'refused'
    ? { kind: 'refused', reason: 'provider-refused' }
    : { kind: refund.status === 'done' ? 'refunded' : 'requested', refund }

async function requestRefund(db: Needs['db'], input: RefundPaymentInput, at: Date): Promise<RefundPaymentOutcome> {
  const found = await findPayment(db, input.payment_id)
  if (!found) return notFound('payment')
  return await transaction(db, async (tx): Promise<RefundPaymentOutcome> => {
    const { payment } = await lockPayment(tx, found)
    const earlier = await findRefund(tx, input.id)
    if (earlier)
      return isRepeat(earlier, input) ? { kind: 'requested', refund: earlier } : { kind: 'refused', reason: 'id-taken' }

    const decision = refund(payment, input.amount)
    if (decision.kind === 'refused') return decision
    if (!input.besides_return && (await awaitsReturn(tx, payment)))
      return { kind: 'refused', reason: 'return-awaits-refund' }
    const { id, reason, user_id } = input
    const { amount } = decision
    const refunded = { id, amount, requested_by: 'staff', user_id, reason, at } as const
    return { kind: 'requested', refund: await insertRefund(tx, payment, refunded) }
  })
}

const isRepeat = (refund: RefundRow, input: RefundPaymentInput) =>
  refund.payment_id === input.payment_id &&
  refund.requested_by === 'staff' &&
  refund.user_id === input.user_id &&
  refund.reason === input.reason &&
  (input.amount === undefined || refund.amount === input.amount)
