import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { settle } from '../payment.ts'
import type { Providers } from '../provider.ts'
import { findPayment, lockPayment } from '../store/payment-store.ts'
import { saveCharge } from '../store/save-charge.ts'
import type { PaymentsTables } from '../store/table-types.ts'

type SettlePaymentOutcome = Readonly<{ kind: 'settled' | 'unchanged' }> | Refused<'charge-differs'> | NotFound
export type SettlePayment = (payment_id: string) => Promise<SettlePaymentOutcome>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>

/** Reads a payment at its provider and saves the change. The caller only says which payment may have changed. */
export const settlePayment =
  ({ db, providers, now }: Needs): SettlePayment =>
  async (payment_id) => {
    const payment = await findPayment(db, payment_id)
    if (!payment) return notFound('payment')
    const { amount, currency } = payment
    const charge = await providers.get(payment.provider).query({ payment_id, amount, currency })
    if (!charge) return { kind: 'unchanged' }
    const decision = settle(payment, charge)
    if (decision.kind === 'refused' || decision.kind === 'unchanged') return decision

    await transaction(db, async (tx) => {
      const locked = await lockPayment(tx, payment)
      await publish(tx, await saveCharge(tx, { ...locked, charge, at: now() }))
    })
    return { kind: 'settled' }
  }
