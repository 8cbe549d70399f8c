import { sql } from 'kysely'
import { batched } from '#platform/db'
import { publish } from '#platform/events'
import type { LockAggregate } from '#platform/saga'
import type { Clock } from '#platform/values'
import type { CheckoutEffect, OrderFacts } from '../checkout.ts'
import { newsOf } from '../published.ts'
import type { OrderRow } from '../order-rows.ts'
import { progress, type Progress } from '../progress.ts'

/** Carries out a step of the checkout: the order goes on, its timeline grows, the world is told. */
export const lockOrderForCheckout =
  (now: Clock): LockAggregate<CheckoutEffect, OrderFacts> =>
  async (tx, order_id) => {
    const order = await lockOrder(tx, order_id)
    return async (step) => {
      if (!order) throw new Error(`The checkout of order ${order_id} has no order`)
      const went = progress(order.status, { ...step, happened: step.facts?.happened })
      const walk = walked(order_id, { went, facts: step.facts ?? {}, reason: step.reason, at: now() })
      await Promise.all([keepProgress(tx, walk), publish(tx, newsOf(order, went, step))])
    }
  }

const lockOrder = batched<string, OrderRow | undefined>(async (tx, ids) => {
  const { rows } = await sql<OrderRow>`
    select * from ordering.orders where id = any(${ids}::uuid[]) order by id for update
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id.toLowerCase()))
})

type Step = Readonly<{ went: Progress; facts: OrderFacts; reason: string | null; at: Date }>

function walked(id: string, { went, facts: { happened: _, ...facts }, reason, at }: Step) {
  const reached = new Set(went.moves.map(([, to]) => to))
  const when = (status: Progress['status']) => (reached.has(status) ? at : null)
  return {
    ...facts,
    id,
    status: went.status,
    cancel_reason: reason,
    at,
    paid_at: when('paid'),
    shipped_at: when('shipping'),
    fulfilled_at: when('fulfilled'),
    cancelled_at: when('cancelled'),
    timeline: went.timeline,
  }
}

/** One statement: the rows of the orders and the new entries of their timelines. By id as well as by join, see the saga. */
const keepProgress = batched<ReturnType<typeof walked>, void>(async (tx, orders) => {
  await sql`
    with walked as (
      select * from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as walked(
        id uuid, status text, cancel_reason text, at timestamptz, paid_at timestamptz, shipped_at timestamptz,
        fulfilled_at timestamptz, cancelled_at timestamptz, payment_id uuid, payment_status text, shipment_id uuid,
        shipment_status text, timeline jsonb)
    ), kept as (
      update ordering.orders o
      set status = walked.status, cancel_reason = walked.cancel_reason, updated_at = walked.at,
          paid_at = coalesce(walked.paid_at, o.paid_at), shipped_at = coalesce(walked.shipped_at, o.shipped_at),
          fulfilled_at = coalesce(walked.fulfilled_at, o.fulfilled_at),
          cancelled_at = coalesce(walked.cancelled_at, o.cancelled_at),
          payment_id = coalesce(walked.payment_id, o.payment_id),
          payment_status = coalesce(walked.payment_status, o.payment_status),
          shipment_id = coalesce(walked.shipment_id, o.shipment_id),
          shipment_status = coalesce(walked.shipment_status, o.shipment_status)
      from walked where o.id = walked.id and o.id = any(${orders.map(({ id }) => id)}::uuid[])
    )
    insert into ordering.timeline (order_id, at, event, status, reason)
    select walked.id, walked.at, entry.event, entry.status, entry.reason
    from walked, rows from (jsonb_to_recordset(walked.timeline) as (event text, status text, reason text)) with ordinality as entry(event, status, reason, place)
    order by walked.id, entry.place
  `.execute(tx)
})
