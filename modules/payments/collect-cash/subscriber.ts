import type { Kysely } from 'kysely'
import { orderFulfilled } from '#ordering/events'
import { publish, subscribe, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { listPaymentsOf, lockPayment } from '../store/payment-store.ts'
import { saveCharge } from '../store/save-charge.ts'
import type { PaymentsTables } from '../store/table-types.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>

/** Completes the cash payment of a fulfilled order: the courier has the money. */
export const collectCash = ({ db, providers, now }: Needs): Subscription =>
  subscribe(orderFulfilled, {
    prepare: async ({ payload: { order_id, payment_method } }) => {
      if (payment_method !== 'cash_on_delivery') return undefined
      const payment = (await listPaymentsOf(db, order_id)).find(({ method }) => method === 'cash_on_delivery')
      if (!payment) throw new Error(`The fulfilled order ${order_id} has no cash payment yet`)
      return { payment, charge: await capture(providers, payment) }
    },
    handle: async (tx, _event, captured) => {
      if (!captured) return
      const locked = await lockPayment(tx, captured.payment)
      await publish(tx, await saveCharge(tx, { ...locked, charge: captured.charge, at: now() }))
    },
  })

async function capture(providers: Providers, { id: payment_id, provider, amount, currency }: Payment): Promise<Charge> {
  const { capture } = providers.get(provider)
  if (!capture) throw new Error(`The provider ${provider} serves cash on delivery and cannot capture`)
  return await capture({ payment_id, amount, currency })
}
