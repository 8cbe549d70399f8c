import { sql } from 'kysely'
import { batched } from '#platform/db'
import { publish } from '#platform/events'
import type { LockAggregate } from '#platform/saga'
import type { Clock } from '#platform/values'
import type { CheckoutEffect, EventFacts } from '../checkout.ts'
import { stepEvents } from '../order-events.ts'
import { hasEndedOpen, progress, type Progress } from '../order.ts'
import type { OrderStatus } from '../schema.ts'
import type { OrderRow } from '../store.ts'

/** Locks an order and returns a function that applies one step of its checkout: to the row, the timeline and the log. */
export const lockOrderForCheckout =
  (now: Clock): LockAggregate<CheckoutEffect, EventFacts> =>
  async (tx, order_id) => {
    const order = await lockOrder(tx, order_id)
    return async (step) => {
      if (!order) throw new Error(`The checkout of order ${order_id} has no order`)
      const { event, ...facts } = step.facts ?? {}
      const { effects, reason } = step
      const made = progress(order.status, { effects, reason, event, shipment_status: facts.shipment_status })
      const change = changeOf(order_id, made, { ...facts, reason, at: now() })
      await Promise.all([saveProgress(tx, change), publish(tx, stepEvents(order, made, step))])
    }
  }

const lockOrder = batched<string, OrderRow | undefined>(async (tx, ids) => {
  const { rows } = await sql<OrderRow>`
    select * from ordering.orders where id = any(${ids}::uuid[]) order by id for update
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id.toLowerCase()))
})

/** The column with the time at which an order got a status. */
const timeColumns: Readonly<Record<OrderStatus, `${string}_at` | null>> = {
  created: null,
  processing: null,
  paid: 'paid_at',
  shipping: 'shipped_at',
  fulfilled: 'fulfilled_at',
  cancelled: 'cancelled_at',
}

type Facts = Omit<EventFacts, 'event'> & Readonly<{ reason: string | null; at: Date }>

function changeOf(id: string, { status, moves, timeline }: Progress, facts: Facts) {
  const columns = moves.map(([, to]) => timeColumns[to]).filter((column) => column !== null)
  const times = Object.fromEntries(columns.map((column) => [column, facts.at]))
  return { ...facts, ...times, id, status, timeline, closes: moves.some(([, to]) => hasEndedOpen(to)) }
}

/**
 * One statement: the rows of the orders and the new entries of their timelines. The update names the ids twice, because the
 * planner assumes a hundred rows of JSON and would scan the whole table for the join alone.
 */
const saveProgress = batched<ReturnType<typeof changeOf>, void>(async (tx, changes) => {
  const closed = changes.filter(({ closes }) => closes).map(({ id }) => id)
  await sql`
    with change as (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(
        id uuid, status text, reason text, at timestamptz, paid_at timestamptz, shipped_at timestamptz,
        fulfilled_at timestamptz, cancelled_at timestamptz, payment_id uuid, payment_status text, shipment_id uuid,
        shipment_status text, timeline jsonb)
    ), updated as (
      update ordering.orders o
      set status = change.status, reason = change.reason, updated_at = change.at,
          paid_at = coalesce(change.paid_at, o.paid_at), shipped_at = coalesce(change.shipped_at, o.shipped_at),
          fulfilled_at = coalesce(change.fulfilled_at, o.fulfilled_at),
          cancelled_at = coalesce(change.cancelled_at, o.cancelled_at),
          payment_id = coalesce(change.payment_id, o.payment_id),
          payment_status = coalesce(change.payment_status, o.payment_status),
          shipment_id = coalesce(change.shipment_id, o.shipment_id),
          shipment_status = coalesce(change.shipment_status, o.shipment_status)
      from change where o.id = change.id and o.id = any(${changes.map(({ id }) => id)}::uuid[])
    ), closed as (
      delete from ordering.open_orders where order_id = any(${closed}::uuid[])
    )
    insert into ordering.timeline (order_id, at, event, status, reason, shipment_status)
    select change.id, change.at, entry.event, entry.status, entry.reason, entry.shipment_status
    from change, rows from (
      jsonb_to_recordset(change.timeline) as (event text, status text, reason text, shipment_status text)
    ) with ordinality as entry(event, status, reason, shipment_status, position)
    order by change.id, entry.position
  `.execute(tx)
})
