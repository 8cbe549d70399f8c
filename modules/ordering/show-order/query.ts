import { expressionBuilder, type Expression } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { coalesced } from '#platform/db'
import { notFound } from '#platform/outcome'
import { opens } from '../order-access.ts'
import type { FoundOrder, ShowOrder } from '../order-view.ts'
import {
  linesOf,
  listNotes,
  payUntilOf,
  shownColumns,
  type NoteRow,
  type OrderingDb,
  type OrderingTables,
} from '../store.ts'

export const showOrder =
  (db: OrderingDb): ShowOrder =>
  async (order_id, access) => {
    const found = await findOrder(db, order_id)
    return found && (access === undefined || opens(access, found.order)) ? found : notFound('order')
  }

/** The notes of staff about an order, oldest first. */
export type ShowNotes = (order_id: string) => Promise<readonly NoteRow[]>

export const showNotes =
  (db: OrderingDb): ShowNotes =>
  (order_id) =>
    listNotes(db, order_id)

/** One statement for the reads of concurrent buyers: a page that waits for a payment reads its order again and again. */
const findOrder = coalesced<string, FoundOrder | undefined>(async (db: OrderingDb, order_ids) => {
  const rows = await db
    .selectFrom('ordering.orders as order')
    .select(shownColumns)
    .select((eb) => {
      const id = eb.ref('order.id')
      return [linesOf(id).as('lines'), timelineOf(id).as('timeline'), payUntilOf(id).as('pay_until')]
    })
    .where('id', '=', (eb) => eb.fn.any(eb.val(order_ids)))
    .execute()
  const byId = new Map(
    rows.map(({ lines, timeline, pay_until, ...order }) => {
      const entries = timeline.map((entry) => ({ ...entry, at: new Date(entry.at) }))
      return [order.id, { kind: 'found', order, lines, pay_until, timeline: entries } as const]
    }),
  )
  return order_ids.map((order_id) => byId.get(order_id.toLowerCase()))
})

const timelineOf = (order_id: Expression<string>) =>
  jsonArrayFrom(
    expressionBuilder<OrderingTables>()
      .selectFrom('ordering.timeline')
      .select(['at', 'event', 'status', 'reason', 'shipment_status', 'amount'])
      .where('order_id', '=', order_id)
      .orderBy('number'),
  )
