import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { crashPoint } from '../crash-points.ts'
import type { StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { refund, type Refunding } from '../payment.ts'
import { ProviderUnavailable } from '../provider.ts'
import { lockPayment, paymentById } from '../subject.ts'
import type { PaymentsTables, RefundRow } from '../tables.ts'
import { refundById, type FinishRefund } from '../finish-refund.ts'
import { promiseRefund } from '../promise-refund.ts'

type RefundInput = Readonly<{
  /** The refund's id: a repeat with it finishes the same refund. */
  id: string
  payment_id: string
  /** Minor units; everything that is left when absent. */
  amount?: number | undefined
  reason: string
  /** The member of staff; null for a machine. */
  user_id: string | null
}>

export type RefundAnswered = Readonly<{ kind: 'refunded' | 'requested'; refund: RefundRow }>
export type RefundOutcome =
  | RefundAnswered
  | Extract<Refunding, { kind: 'refused' }>
  | Readonly<{ kind: 'refused'; reason: 'not-found' | 'id-taken' | 'provider-refused' }>
export type RefundPayment = (input: RefundInput, storeResponse: StoreResponse<RefundAnswered>) => Promise<RefundOutcome>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; now: Clock; finish: FinishRefund }>

/** Promise, have it done, keep. A crash or a silent provider leaves the promise, which `finish-refunds` keeps. */
export const refundPayment =
  ({ db, now, finish }: Needs): RefundPayment =>
  async (input, storeResponse) => {
    const promised = await promise(db, input, now())
    if (promised.kind === 'refused') return promised
    crashPoint('after-request.before-refund')
    try {
      const finished = await finish(input.id, async (tx, refund) => {
        const outcome = outcomeOf(refund)
        if (outcome.kind !== 'refused') await storeResponse(tx, outcome)
      })
      return outcomeOf(finished)
    } catch (error) {
      if (error instanceof ProviderUnavailable) return promised
      throw error
    }
  }

const outcomeOf = (refund: RefundRow): RefundOutcome =>
  refund.status === 'refused'
    ? { kind: 'refused', reason: 'provider-refused' }
    : { kind: refund.status === 'done' ? 'refunded' : 'requested', refund }

async function promise(db: Needs['db'], input: RefundInput, at: Date): Promise<RefundOutcome> {
  const known = await paymentById(db, input.payment_id)
  if (!known) return { kind: 'refused', reason: 'not-found' }
  return await transaction(db, async (tx) => {
    const { payment } = await lockPayment(tx, known)
    const earlier = await refundById(tx, input.id)
    if (earlier)
      return isRepeat(earlier, input) ? { kind: 'requested', refund: earlier } : { kind: 'refused', reason: 'id-taken' }

    const refunding = refund(payment, input.amount)
    if (refunding.kind === 'refused') return refunding
    const { id, reason, user_id } = input
    await promiseRefund(tx, payment, { id, amount: refunding.amount, asked_by: 'staff', user_id, reason, at })
    return { kind: 'requested', refund: (await refundById(tx, id)) as RefundRow }
  })
}

const isRepeat = (refund: RefundRow, input: RefundInput) =>
  refund.payment_id === input.payment_id &&
  refund.asked_by === 'staff' &&
  refund.user_id === input.user_id &&
  refund.reason === input.reason &&
  (input.amount === undefined || refund.amount === input.amount)
