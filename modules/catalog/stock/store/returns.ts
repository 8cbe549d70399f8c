import { sql, type RawBuilder } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { CatalogDb } from '../../store/tables.ts'
import type { ReturnCount, ReturnState, ReturnView } from '../return-schema.ts'
import type { ReturnedPieces } from '../return.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, isLocked, lockedStock } from './stock-levels.ts'

type ExpectedReturn = Readonly<{ order_id: string; order_number: string | null; expected_at: Date }>

/** Inserts the returns of cancelled orders with the pieces that their holds reserved. An order without counted stock has none. */
export const insertReturn = batched<ExpectedReturn, void>(async (tx, returns) => {
  await sql`
    with expected as (
      select * from jsonb_to_recordset(${JSON.stringify(returns)}::jsonb)
        as expected(order_id uuid, order_number text, expected_at timestamptz)
    ), saved as (
      insert into catalog.returns (order_id, order_number, expected_at)
      select order_id, order_number, expected_at from expected
      where exists (select from catalog.hold_items i where i.order_id = expected.order_id and i.reserved > 0)
      order by order_id
      on conflict (order_id) do update
        set order_number = excluded.order_number, expected_at = excluded.expected_at
      returning order_id
    )
    insert into catalog.return_items (order_id, variant_id, pieces)
    select i.order_id, i.variant_id, i.reserved from saved join catalog.hold_items i using (order_id)
    where i.reserved > 0 order by i.variant_id, i.order_id`.execute(tx)
})

type Arrival = Readonly<{ order_id: string; arrived_at: Date }>

/** Saves that a parcel is back in the shop, also before its order is cancelled. The first time stays, and a receipt is a time too. */
export const saveArrival = batched<Arrival, void>(async (tx, arrivals) => {
  await sql`
    insert into catalog.returns (order_id, arrived_at)
    select order_id, min(arrived_at)
    from jsonb_to_recordset(${JSON.stringify(arrivals)}::jsonb) as arrival(order_id uuid, arrived_at timestamptz)
    group by order_id order by order_id
    on conflict (order_id) do update set arrived_at = coalesce(returns.arrived_at, returns.received_at, excluded.arrived_at)`.execute(
    tx,
  )
})

/** Locks a return and reads its pieces in id order; undefined when no cancelled order has one under this id. */
export async function lockReturn(tx: AnyTx, order_id: string): Promise<readonly ReturnedPieces[] | undefined> {
  const { rows: locked } = await sql`
    select from catalog.returns where order_id = ${order_id} and expected_at is not null for update`.execute(tx)
  if (locked.length === 0) return undefined
  const { rows } = await sql<ReturnedPieces>`
    select variant_id, pieces, sellable, damaged, lost from catalog.return_items where order_id = ${order_id}
    order by variant_id`.execute(tx)
  return rows
}

type Receipt = Readonly<{
  order_id: string
  counts: readonly ReturnCount[]
  note: string | null
  user_id: string | null
  at: Date
}>

/** Saves the counts of staff. Sellable pieces are on hand again, with a movement for each variant. */
export async function saveReceipt(
  tx: AnyTx,
  { order_id, counts, note, user_id, at }: Receipt,
): Promise<readonly StockChange[]> {
  const counted = sql`jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
    as counted(variant_id uuid, sellable int, damaged int, lost int)`
  await sql`
    with received as (
      update catalog.returns set received_at = ${at}, received_by = ${user_id}::uuid, note = ${note}::text
      where order_id = ${order_id}
    )
    update catalog.return_items i set sellable = counted.sellable, damaged = counted.damaged, lost = counted.lost
    from ${counted} where i.order_id = ${order_id} and i.variant_id = counted.variant_id`.execute(tx)
  const { rows } = await sql<StockChange>`
    with needed as (
      select variant_id, sellable from ${counted} where sellable > 0
    ), locked as materialized (${lockedStock}
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, user_id, moved_at)
      select uuidv7(), variant_id, 'returned', sellable, 'returned', ${order_id}, ${user_id}::uuid, ${at} from locked
    )
    update catalog.stock s set on_hand = s.on_hand + locked.sellable from locked where ${isLocked}
    returning ${changedStock}, locked.sellable as change, locked.sellable as moved`.execute(tx)
  return rows
}

/** The state of `catalog.returns r`. */
const stateOf = sql<ReturnState>`case when r.received_at is not null then 'received'
  when r.arrived_at is not null then 'arrived' else 'expected' end`

/** True for the returns of `catalog.returns r` in one of the states, all of them when it is undefined. */
export const isInState = (state: ReturnState | undefined): RawBuilder<boolean> =>
  state === undefined
    ? sql`r.expected_at is not null`
    : state === 'received'
      ? sql`r.expected_at is not null and r.received_at is not null`
      : sql`r.expected_at is not null and r.received_at is null
          and r.arrived_at is ${state === 'arrived' ? sql`not null` : sql`null`}`

type Row = Omit<ReturnView, 'expected_at' | 'arrived_at' | 'received_at'> &
  Readonly<{ expected_at: Date; arrived_at: Date | null; received_at: Date | null }>

/** The returns that a condition, an order and a limit choose of `catalog.returns r`. */
export async function findReturns(db: CatalogDb, chosen: RawBuilder<unknown>): Promise<ReturnView[]> {
  const { rows } = await sql<Row>`
    select r.order_id, r.order_number, ${stateOf} as state, r.expected_at, r.arrived_at, r.received_at, r.received_by, r.note,
      (select jsonb_agg(jsonb_build_object('variant_id', i.variant_id, 'product_id', v.product_id, 'sku', v.sku,
          'name', p.name, 'title', v.title, 'pieces', i.pieces, 'sellable', i.sellable, 'damaged', i.damaged, 'lost', i.lost)
          order by i.variant_id)
        from catalog.return_items i join catalog.variants v on v.id = i.variant_id join catalog.products p on p.id = v.product_id
        where i.order_id = r.order_id) as items
    from catalog.returns r where ${chosen}`.execute(db)
  return rows.map(({ expected_at, arrived_at, received_at, ...row }) => ({
    ...row,
    expected_at: expected_at.toISOString(),
    arrived_at: arrived_at?.toISOString() ?? null,
    received_at: received_at?.toISOString() ?? null,
  }))
}

/** The return of an order; undefined when it has none. */
export async function findReturn(db: CatalogDb, order_id: string): Promise<ReturnView | undefined> {
  const [found] = await findReturns(db, sql`r.order_id = ${order_id} and r.expected_at is not null`)
  return found
}
