import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { keepCharge } from '../keep-charge.ts'
import { settle } from '../payment.ts'
import type { Providers } from '../provider.ts'
import { lockPayment, paymentById } from '../subject.ts'
import type { PaymentsTables } from '../tables.ts'

type Settled =
  | Readonly<{ kind: 'settled' | 'unchanged' }>
  | Readonly<{ kind: 'refused'; reason: 'not-found' | 'charge-differs' }>

/** Somebody says that a payment has moved on. They are not believed: the provider is asked, its sum compared. */
export type SettlePayment = (payment_id: string) => Promise<Settled>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>

export const settlePayment =
  ({ db, providers, now }: Needs): SettlePayment =>
  async (payment_id) => {
    const payment = await paymentById(db, payment_id)
    if (!payment) return { kind: 'refused', reason: 'not-found' }
    const { amount, currency } = payment
    const charge = await providers.named(payment.provider).query({ payment_id, amount, currency })
    if (!charge) return { kind: 'unchanged' }
    const settling = settle(payment, charge)
    if (settling.kind === 'refused' || settling.kind === 'unchanged') return settling

    await transaction(db, async (tx) => {
      const locked = await lockPayment(tx, payment)
      await publish(tx, await keepCharge(tx, { ...locked, charge, at: now() }))
    })
    return { kind: 'settled' }
  }
