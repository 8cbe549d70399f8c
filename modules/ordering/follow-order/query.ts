import { sql } from 'kysely'
import { batched, type Db } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { OrderAccess } from '../order-access.ts'
import type { OrderStatus } from '../schema.ts'
import type { OrderingDb, TimelineRow } from '../store.ts'
import { isForBuyer } from '../timeline.ts'

export type Position = Readonly<{
  order_id: string
  access: OrderAccess
  /** The number of the last entry that the buyer has. */
  after: number
}>
type Followed = Readonly<{
  kind: 'found'
  status: OrderStatus
  /** A return of the order waits for the shop, for the goods or for its refund. */
  has_open_return: boolean
  entries: readonly TimelineRow[]
}>

/** Reads the status of an order that the access opens, and the entries of its timeline after a position, oldest first. */
export type FollowOrder = (position: Position) => Promise<Followed | NotFound>

export const followOrder =
  (db: OrderingDb): FollowOrder =>
  async (position) => {
    const rows = await listEntries(db, position)
    const [first] = rows
    if (!first) return notFound('order')
    const { order_status: status, has_open_return } = first
    return { kind: 'found', status, has_open_return, entries: rows.filter(isEntry).filter(isForBuyer) }
  }

type OrderFacts = Readonly<{ order_status: OrderStatus; has_open_return: boolean }>
type Entry = TimelineRow & OrderFacts
type NoEntry = Readonly<{ [Column in keyof TimelineRow]: null }> & OrderFacts

const isEntry = (row: Entry | NoEntry): row is Entry => row.number !== null

/** One statement for all streams of the process. An order without a new entry has one row without an entry. */
const listEntries = batched<Position, readonly (Entry | NoEntry)[], Db>(async (db, positions) => {
  const { rows } = await sql<(Entry | NoEntry) & { place: number }>`
    select place::int, orders.status as order_status, entry.*, exists (
      select from ordering.returns where order_id = orders.id and returns.status not in ('refused', 'refunded')
    ) as has_open_return
    from unnest(
      ${positions.map(({ order_id }) => order_id)}::uuid[],
      ${positions.map(({ access }) => ('user_id' in access ? access.user_id : null))}::uuid[],
      ${positions.map(({ access }) => ('user_id' in access ? null : access.link_version))}::int[],
      ${positions.map(({ after }) => after)}::bigint[]
    ) with ordinality as position(order_id, user_id, link_version, after, place)
    join ordering.orders on orders.id = position.order_id
      and (orders.user_id = position.user_id or orders.link_version = position.link_version)
    left join ordering.timeline entry on entry.order_id = orders.id and entry.number > position.after
    order by place, entry.number
  `.execute(db)
  const byPlace = Map.groupBy(rows, ({ place }) => place)
  return positions.map((_, i) => byPlace.get(i + 1) ?? [])
})
