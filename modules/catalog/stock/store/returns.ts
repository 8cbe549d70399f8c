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
      where exists (select from catalog.hold_items item where item.order_id = expected.order_id and item.reserved > 0)
      order by order_id
      on conflict (order_id) do update
        set order_number = excluded.order_number, expected_at = excluded.expected_at
      returning order_id
    )
    insert into catalog.return_items (order_id, variant_id, pieces)
    select item.order_id, item.variant_id, item.reserved from saved join catalog.hold_items item using (order_id)
    where item.reserved > 0 order by item.variant_id, item.order_id`.execute(tx)
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
    update catalog.return_items item set sellable = counted.sellable, damaged = counted.damaged, lost = counted.lost
    from ${counted} where item.order_id = ${order_id} and item.variant_id = counted.variant_id`.execute(tx)
  const { rows } = await sql<StockChange>`
    with needed as (
      select variant_id, sellable from ${counted} where sellable > 0
    ), locked as materialized (${lockedStock}
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, user_id, moved_at)
      select uuidv7(), variant_id, 'returned', sellable, 'returned', ${order_id}, ${user_id}::uuid, ${at} from locked
    )
    update catalog.stock set on_hand = stock.on_hand + locked.sellable from locked where ${isLocked}
    returning ${changedStock}, locked.sellable as change, locked.sellable as moved`.execute(tx)
  return rows
}

/** The state of `catalog.returns`. */
const stateOf = sql<ReturnState>`case when returns.received_at is not null then 'received'
  when returns.arrived_at is not null then 'arrived' else 'expected' end`

/** True for the returns of `catalog.returns` in one of the states, all of them when it is undefined. */
export const isInState = (state: ReturnState | undefined): RawBuilder<boolean> =>
  state === undefined
    ? sql`returns.expected_at is not null`
    : state === 'received'
      ? sql`returns.expected_at is not null and returns.received_at is not null`
      : sql`returns.expected_at is not null and returns.received_at is null
          and returns.arrived_at is ${state === 'arrived' ? sql`not null` : sql`null`}`

type Row = Omit<ReturnView, 'expected_at' | 'arrived_at' | 'received_at'> &
  Readonly<{ expected_at: Date; arrived_at: Date | null; received_at: Date | null }>

/** The returns that a condition, an order and a limit choose of `catalog.returns`. */
export async function findReturns(db: CatalogDb, chosen: RawBuilder<unknown>): Promise<ReturnView[]> {
  const { rows } = await sql<Row>`
    select returns.order_id, returns.order_number, ${stateOf} as state, returns.expected_at, returns.arrived_at, returns.received_at, returns.received_by, returns.note,
      (select jsonb_agg(jsonb_build_object('variant_id', item.variant_id, 'product_id', variant.product_id, 'sku', variant.sku,
          'name', product.name, 'title', variant.title, 'pieces', item.pieces, 'sellable', item.sellable,
          'damaged', item.damaged, 'lost', item.lost)
          order by item.variant_id)
        from catalog.return_items item join catalog.variants variant on variant.id = item.variant_id
          join catalog.products product on product.id = variant.product_id
        where item.order_id = returns.order_id) as items
    from catalog.returns where ${chosen}`.execute(db)
  return rows.map(({ expected_at, arrived_at, received_at, ...row }) => ({
    ...row,
    expected_at: expected_at.toISOString(),
    arrived_at: arrived_at?.toISOString() ?? null,
    received_at: received_at?.toISOString() ?? null,
  }))
}

/** The return of an order; undefined when it has none. */
export async function findReturn(db: CatalogDb, order_id: string): Promise<ReturnView | undefined> {
  const [found] = await findReturns(db, sql`returns.order_id = ${order_id} and returns.expected_at is not null`)
  return found
}
