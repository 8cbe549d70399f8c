import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { settlementEvents, settleOrThrow } from '../settlement.ts'
import { listPaymentsOf, lockPayment } from '../store/payments.ts'
import { saveSettlement } from '../store/settlements.ts'
import type { PaymentsDb } from '../store/tables.ts'

type CapturedCash = Readonly<{ payment: Payment; charge: Charge }>

export type CaptureCash = (order_id: string) => Promise<CapturedCash>

/** Captures the cash of a fulfilled order, before the transaction. */
export const captureCash =
  ({ db, providers }: Readonly<{ db: PaymentsDb; providers: Providers }>): CaptureCash =>
  async (order_id) => {
    const payment = (await listPaymentsOf(db, order_id)).find(({ method }) => method === 'cash_on_delivery')
    if (!payment) throw new Error(`The fulfilled order ${order_id} has no cash payment yet`)
    return { payment, charge: await capture(providers, payment) }
  }

async function capture(providers: Providers, { id: payment_id, provider, amount, currency }: Payment): Promise<Charge> {
  const { capture } = providers.get(provider)
  if (!capture) throw new Error(`The provider ${provider} serves cash on delivery and cannot capture`)
  return await capture({ payment_id, amount, currency })
}

export type CollectCash = (tx: AnyTx, captured: CapturedCash) => Promise<void>

/** Completes the cash payment of a fulfilled order: the courier has the money. */
export const collectCash =
  ({ now }: Readonly<{ now: Clock }>): CollectCash =>
  async (tx, captured) => {
    const { request, payment } = await lockPayment(tx, captured.payment)
    const settlement = settleOrThrow(payment, captured.charge)
    const saved = await saveSettlement(tx, payment, { settlement, at: now() })
    await publish(tx, settlementEvents(settlement, saved, request))
  }
