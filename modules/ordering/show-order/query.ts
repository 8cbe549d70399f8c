import { expressionBuilder, type Expression, type Kysely } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { notFound } from '#platform/outcome'
import type { ShowOrder } from '../order-view.ts'
import { linesOf, shownColumns, type OrderingTables } from '../store.ts'

/** One statement: a page that waits for the payment of an order reads it again and again. */
export const showOrder =
  (db: Kysely<OrderingTables>): ShowOrder =>
  async (order_id, user_id) => {
    const found = await db
      .selectFrom('ordering.orders as order')
      .select(shownColumns)
      .select((eb) => [linesOf(eb.ref('order.id')).as('lines'), timelineOf(eb.ref('order.id')).as('timeline')])
      .where('id', '=', order_id)
      .executeTakeFirst()
    if (!found) return notFound('order')
    const { lines, timeline, ...order } = found
    if (user_id !== undefined && order.user_id !== user_id) return notFound('order')
    return { kind: 'found', order, lines, timeline: timeline.map((entry) => ({ ...entry, at: new Date(entry.at) })) }
  }

const timelineOf = (order_id: Expression<string>) =>
  jsonArrayFrom(
    expressionBuilder<OrderingTables>()
      .selectFrom('ordering.timeline')
      .select(['at', 'event', 'status', 'reason', 'shipment_status'])
      .where('order_id', '=', order_id)
      .orderBy('number'),
  )
