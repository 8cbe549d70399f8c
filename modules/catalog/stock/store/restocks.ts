import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { SoldPieces } from '../restock.ts'
import type { HoldState } from '../schema.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, isLocked, lockedStock } from './stock-levels.ts'

type SoldGoods = Readonly<{ state: HoldState | undefined; items: readonly SoldPieces[] }>

/** Locks the hold of an order, and reads its pieces and those that its returns put on hand. */
export async function lockSoldGoods(tx: AnyTx, order_id: string): Promise<SoldGoods> {
  const { rows: holds } = await sql<{ state: HoldState }>`
    select state from catalog.holds where order_id = ${order_id} for no key update`.execute(tx)
  const { rows: items } = await sql<SoldPieces>`
    select item.variant_id, item.reserved, restock.restocked, restock.return_ids
    from catalog.hold_items as item, lateral (
      select coalesce(sum(delta), 0)::int as restocked, coalesce(array_agg(return_id), '{}') as return_ids
      from catalog.movements as movement
      where movement.order_id = item.order_id and movement.variant_id = item.variant_id and return_id is not null) as restock
    where item.order_id = ${order_id}`.execute(tx)
  return { state: holds[0]?.state, items }
}

type Restock = Readonly<{
  order_id: string
  return_id: string
  pieces: readonly Readonly<{ variant_id: string; sellable: number }>[]
  at: Date
}>

/** Puts pieces on hand, with a movement for each variant. A variant that was deleted since has no stock. */
export async function saveRestock(
  tx: AnyTx,
  { order_id, return_id, pieces, at }: Restock,
): Promise<readonly StockChange[]> {
  const { rows } = await sql<StockChange>`
    with needed as (
      select variant_id, sellable from jsonb_to_recordset(${JSON.stringify(pieces)}::jsonb) as needed(variant_id uuid, sellable int)
    ), locked as materialized (${lockedStock}
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, return_id, moved_at)
      select uuidv7(), variant_id, 'returned', sellable, 'returned by the buyer', ${order_id}, ${return_id}, ${at} from locked
    )
    update catalog.stock set on_hand = stock.on_hand + locked.sellable from locked where ${isLocked}
    returning ${changedStock}, locked.sellable as change, locked.sellable as moved`.execute(tx)
  return rows
}
