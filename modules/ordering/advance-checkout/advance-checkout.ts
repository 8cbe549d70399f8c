import { sql } from 'kysely'
import { batched } from '#platform/db'
import { publish } from '#platform/events'
import type { ApplyStep, LockAggregate } from '#platform/saga'
import type { Clock } from '#platform/values'
import type { CheckoutEffect, EventFacts } from '../checkout.ts'
import { stepEvents } from '../order-events.ts'
import { hasEndedOpen, progress, shipmentStatusAfter, type Progress } from '../order.ts'
import type { OrderStatus } from '../schema.ts'
import type { OrderRow } from '../store.ts'

/** Locks an order and returns a function that applies one step of its checkout: to the row, the timeline and the log. */
export const lockOrderForCheckout =
  (now: Clock): LockAggregate<CheckoutEffect, EventFacts> =>
  async (tx, order_id) => {
    const order = await lockOrder(tx, order_id)
    const apply: ApplyStep<CheckoutEffect, EventFacts> = async (step) => {
      if (!order) throw new Error(`The checkout of order ${order_id} has no order`)
      const { event: named, given_reason, amount, payment_revision: _, ...facts } = step.facts ?? {}
      const { effects, reason } = step
      const event = isRepeatedRefund(order, named) ? undefined : named
      const { shipment_status } = facts
      const made = progress(order, { effects, reason, event, given_reason, shipment_status, amount })
      const change = changeOf(order_id, made, {
        ...facts,
        shipment_status: shipmentStatusAfter(order.shipment_status, shipment_status),
        reason,
        has_effects: effects.length > 0,
        at: now(),
      })
      await Promise.all([saveProgress(tx, change), publish(tx, stepEvents(order, made, step))])
    }
    return Object.assign(apply, {
      // An order with a reason is being cancelled: the answer ends it, also when payments never had the last total.
      isOutdated: ({ payment_revision }: EventFacts) =>
        order !== undefined &&
        order.reason === null &&
        payment_revision !== undefined &&
        payment_revision < order.payment_revision,
    })
  }

/** After a refund by staff, payments answers the cancellation with the same refund: the timeline has it already. */
const isRepeatedRefund = ({ payment_status }: OrderRow, event: string | undefined): boolean =>
  event === 'payment-refunded' && payment_status === 'refunded'

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

type Facts = Omit<EventFacts, 'event' | 'given_reason' | 'shipment_status' | 'amount' | 'payment_revision'> &
  Readonly<{ shipment_status: string | null; reason: string | null; has_effects: boolean; at: Date }>

function changeOf(id: string, { status, moves, timeline }: Progress, facts: Facts) {
  const columns = moves.map(([, to]) => timeColumns[to]).filter((column) => column !== null)
  const times = Object.fromEntries(columns.map((column) => [column, facts.at]))
  return { ...facts, ...times, id, status, timeline, closes: moves.some(([, to]) => hasEndedOpen(to)) }
}

/**
 * One statement: the rows of the orders and the new entries of their timelines. An event that has its entry was applied
 * before: it adds no entry and no fact. The update names the ids twice, because the planner assumes a hundred rows of JSON
 * and would scan the whole table for the join alone. The replay is looked up by a scalar subquery: the planner would hash
 * the whole timeline for `exists`, which made the whole saga a third slower.
 */
const saveProgress = batched<ReturnType<typeof changeOf>, void>(async (tx, changes) => {
  const closed = changes.filter(({ closes }) => closes).map(({ id }) => id)
  await sql`
    with change as materialized (
      select change.*, coalesce((
        select true from ordering.timeline where timeline.order_id = change.id and timeline.event_id = change.event_id), false) as is_replay
      from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(
        id uuid, status text, reason text, at timestamptz, paid_at timestamptz, shipped_at timestamptz,
        fulfilled_at timestamptz, cancelled_at timestamptz, payment_id uuid, payment_status text, shipment_id uuid,
        shipment_status text, goods_left boolean, event_id uuid, has_effects boolean, timeline jsonb)
    ), updated as (
      update ordering.orders
      set status = change.status, reason = change.reason, updated_at = change.at,
          paid_at = coalesce(change.paid_at, orders.paid_at), shipped_at = coalesce(change.shipped_at, orders.shipped_at),
          fulfilled_at = coalesce(change.fulfilled_at, orders.fulfilled_at),
          cancelled_at = coalesce(change.cancelled_at, orders.cancelled_at),
          payment_id = coalesce(new.payment_id, orders.payment_id),
          payment_status = coalesce(new.payment_status, orders.payment_status),
          shipment_id = coalesce(new.shipment_id, orders.shipment_id),
          shipment_status = coalesce(new.shipment_status, orders.shipment_status),
          goods_left = orders.goods_left or coalesce(new.goods_left, false)
      from change left join lateral (
        select change.payment_id, change.payment_status, change.shipment_id, change.shipment_status, change.goods_left
        where not change.is_replay
      ) as new on true
      where orders.id = change.id and orders.id = any(${changes.map(({ id }) => id)}::uuid[])
        and (change.has_effects or not change.is_replay)
    ), closed as (
      delete from ordering.open_orders where order_id = any(${closed}::uuid[])
    )
    insert into ordering.timeline (order_id, number, event_id, at, event, status, reason, shipment_status, amount)
    select change.id, last.number + entry.position, case when entry.is_event then change.event_id end, change.at,
           entry.event, entry.status, entry.reason, entry.shipment_status, entry.amount
    from change
      cross join lateral (select max(timeline.number) as number from ordering.timeline where timeline.order_id = change.id) as last
      cross join lateral rows from (
        jsonb_to_recordset(change.timeline)
          as (event text, status text, reason text, shipment_status text, amount bigint, is_event boolean)
      ) with ordinality as entry(event, status, reason, shipment_status, amount, is_event, position)
    where not (entry.is_event and change.is_replay)
    order by change.id, entry.position
  `.execute(tx)
})
