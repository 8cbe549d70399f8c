import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { tell } from '#platform/events'
import type { Perform } from '#platform/saga'
import type { Clock } from '#platform/words'
import type { CheckoutEffect, OrderFacts } from '../checkout.ts'
import { newsOf } from '../news.ts'
import type { OrderRow } from '../order-rows.ts'
import { progress, type Progress } from '../progress.ts'

/** Carries out a step of the checkout: the order goes on, its timeline grows, the world is told. */
export const performCheckout =
  (now: Clock): Perform<CheckoutEffect, OrderFacts> =>
  async (tx, order_id, step) => {
    const order = await lockOrder(tx, order_id)
    const went = progress(order.status, { ...step, happened: step.facts?.happened })
    await keepProgress(tx, order_id, { went, facts: step.facts ?? {}, because: step.because, at: now() })
    await tell(tx, newsOf(order, went, step))
  }

async function lockOrder(tx: AnyTx, order_id: string): Promise<OrderRow> {
  const { rows } = await sql<OrderRow>`select * from ordering.orders where id = ${order_id} for update`.execute(tx)
  const [order] = rows
  if (!order) throw new Error(`The checkout of order ${order_id} has no order`)
  return order
}

type Kept = Readonly<{ went: Progress; facts: OrderFacts; because: string | null; at: Date }>

/** One statement: the order's row and the new entries of its timeline. */
async function keepProgress(tx: AnyTx, order_id: string, { went, facts, because, at }: Kept): Promise<void> {
  const reached = new Set(went.moves.map(([, to]) => to))
  const when = (status: (typeof went)['status']) => (reached.has(status) ? at : null)
  await sql`
    with walked as (
      update ordering.orders
      set status = ${went.status}, cancel_reason = ${because}, updated_at = ${at},
          paid_at = coalesce(${when('paid')}, paid_at), shipped_at = coalesce(${when('shipping')}, shipped_at),
          fulfilled_at = coalesce(${when('fulfilled')}, fulfilled_at), cancelled_at = coalesce(${when('cancelled')}, cancelled_at),
          payment_id = coalesce(${facts.payment_id ?? null}, payment_id),
          payment_status = coalesce(${facts.payment_status ?? null}, payment_status),
          shipment_id = coalesce(${facts.shipment_id ?? null}, shipment_id),
          shipment_status = coalesce(${facts.shipment_status ?? null}, shipment_status)
      where id = ${order_id}
    )
    insert into ordering.timeline (order_id, at, event, status, reason)
    select ${order_id}, ${at}, event, status, reason
    from jsonb_to_recordset(${JSON.stringify(went.timeline)}::jsonb) as entry(event text, status text, reason text)
  `.execute(tx)
}
