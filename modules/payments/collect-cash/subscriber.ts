import type { Kysely } from 'kysely'
import { orderFulfilled } from '#ordering/events'
import { subscribe, publish, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import { keepCharge } from '../keep-charge.ts'
import type { Providers } from '../provider.ts'
import { attemptsOf, lockPayment } from '../subject.ts'
import type { PaymentsTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>

/** The parcel was handed over for cash: the money that was promised is there. */
export const collectCash = ({ db, providers, now }: Needs): Subscription =>
  subscribe(
    orderFulfilled,
    async ({ payload: { order_id, payment_method } }) => {
      if (payment_method !== 'cash_on_delivery') return undefined
      const payment = (await attemptsOf(db, order_id)).find((attempt) => attempt.method === 'cash_on_delivery')
      if (!payment) throw new Error(`Order ${order_id} was handed over for cash that was never due`)
      const { id: payment_id, amount, currency } = payment
      return { payment, charge: await providers.named(payment.provider).capture({ payment_id, amount, currency }) }
    },
    async (tx, _event, captured) => {
      if (!captured) return
      const locked = await lockPayment(tx, captured.payment)
      await publish(tx, await keepCharge(tx, { ...locked, charge: captured.charge, at: now() }))
    },
  )
