import type { NewEvent } from '#platform/events'
import type { NotFound, Refused } from '#platform/outcome'
import { completed, failed, processing } from './payment-events.ts'
import type { PaymentRequest } from './payment-request.ts'
import { isPaid, settle, type Payment, type SettleDecision } from './payment.ts'
import type { Charge } from './provider.ts'

/** How a charge that was read at the provider changes a payment. */
export type Settlement = Exclude<SettleDecision, { kind: 'refused' }>

/** The outcome of reading one payment at its provider. */
export type SettleOutcome = Readonly<{ kind: 'settled' | 'unchanged' }> | Refused<'charge-differs'> | NotFound

/** Reads a payment at its provider and saves the change. */
export type SettlePayment = (payment_id: string) => Promise<SettleOutcome>

/** Thrown when the provider reports another amount or currency than the payment has: a person has to compare the two. */
class ChargeDiffers extends Error {
  constructor({ id, provider, amount, currency }: Payment, charge: Charge) {
    const reported = `${charge.amount} ${charge.currency}`
    super(`${provider} reports ${reported} for the payment ${id} of ${amount} ${currency}: compare the two by hand`)
    this.name = 'ChargeDiffers'
  }
}

/** Decides like `settle`, where no caller can answer a refusal. Throws `ChargeDiffers`. */
export function settleOrThrow(payment: Payment, charge: Charge): Settlement {
  const decision = settle(payment, charge)
  if (decision.kind === 'refused') throw new ChargeDiffers(payment, charge)
  return decision
}

/** The events of a settlement. `payment` is the payment after it. */
export function settlementEvents(
  settlement: Settlement,
  payment: Payment,
  request: Pick<PaymentRequest, 'status'>,
): NewEvent[] {
  if (settlement.kind === 'completed' && isPaid(payment)) return payment.surplus ? [] : [completed(payment)]
  // Another payment brought the money: the subject is paid, and how this one ends matters to no other module.
  if (request.status === 'settled') return []
  if (settlement.kind === 'processing') return [processing(payment)]
  if (settlement.kind !== 'failed') return []
  // The handler of the cancellation publishes the one answer to a cancelled request.
  const isAnswered = request.status === 'cancelled' && settlement.reason === 'cancelled'
  return isAnswered ? [] : [failed(payment, settlement.reason)]
}
