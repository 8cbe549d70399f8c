import { sql } from 'kysely'
import type { orderEdited } from '#ordering/events'
import type { AnyTx } from '#platform/db'
import { publish, type PayloadOf } from '#platform/events'
import { holdExpired } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { HoldState } from '../schema.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, isLocked, lockedStock, saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ catalogCache: CatalogCache }>
type Edit = Pick<PayloadOf<typeof orderEdited>, 'order_id' | 'revision' | 'added_hold_id' | 'held_until' | 'items'>

export type ChangeHold = (tx: AnyTx, edit: Edit) => Promise<void>

type Hold = Readonly<{ order_id: string; state: HoldState; revision: number }>

/**
 * Gives the hold of an order the goods of its edit. The pieces that the edit added are held under an id of their own, and go
 * to the hold of the order; what the order no longer needs is free. So the stock that is reserved never grows here. When the
 * added pieces were lost, the hold of the order expires with its new goods: its checkout then gives the order up, or the
 * catalog takes the goods again as soon as the order is paid. A repeat changes nothing.
 */
export const changeHold =
  ({ catalogCache }: Needs): ChangeHold =>
  async (tx, edit) => {
    const { order_id, added_hold_id, held_until } = edit
    const holds = await lockHolds(tx, added_hold_id === null ? [order_id] : [order_id, added_hold_id])
    const own = holds.find((hold) => hold.order_id === order_id)
    if (!own) throw new Error(`ordering edited order ${order_id}, but it has no hold`)
    const added = holds.find((hold) => hold.order_id === added_hold_id)
    // The event was handled before.
    if (own.revision >= edit.revision) return
    const isOpen = own.state === 'held' || own.state === 'firm'
    const isLost = isOpen && added_hold_id !== null && added?.state !== 'held'
    const hasGoods = isOpen || own.state === 'expired'
    const changes = await moveStock(tx, edit, {
      reserving: holds.filter(({ state }) => state === 'held' || state === 'firm').map((hold) => hold.order_id),
      keeps: isOpen && !isLost,
    })
    if (hasGoods) await saveGoods(tx, edit, { held_until, isLost })
    if (added?.state === 'held')
      await sql`update catalog.holds set state = 'released', expires_at = null where order_id = ${added_hold_id}`.execute(
        tx,
      )
    const lost = isLost ? [holdExpired({ order_id })] : []
    await publish(tx, [...lost, ...(await saveAvailability({ tx, catalogCache }, changes))])
  }

async function lockHolds(tx: AnyTx, order_ids: readonly string[]): Promise<readonly Hold[]> {
  const { rows } = await sql<Hold>`
    select order_id, state, revision from catalog.holds where order_id = any(${order_ids}::uuid[]) order by order_id for update
  `.execute(tx)
  return rows
}

/**
 * The goods of an edit by variant. `reserved`: as many pieces as they need, and at most those that were reserved before: pieces
 * that were sold while their stock was not tracked have none.
 */
const needed = ({ order_id, added_hold_id, items }: Edit) => sql`
  line as (
    select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as line(variant_id uuid, quantity int, components jsonb)
  ), pieces as (
    select variant_id, quantity as ordered, case when components is null then quantity else 0 end as needed from line
    union all
    select component.variant_id, 0, line.quantity * component.quantity
    from line, jsonb_to_recordset(line.components) as component(variant_id uuid, quantity int)
  ), before as (
    select variant_id, sum(reserved)::int as reserved from catalog.hold_items
    where order_id in (${order_id}::uuid, ${added_hold_id}::uuid) group by variant_id
  ), goods as (
    select pieces.variant_id, sum(ordered)::int as ordered,
      least(sum(needed), coalesce(max(before.reserved), 0))::int as reserved
    from pieces left join before using (variant_id) group by pieces.variant_id
  )`

type Move = Readonly<{
  /** The holds whose pieces are reserved now. */
  reserving: readonly string[]
  /** The order goes on reserving its goods. */
  keeps: boolean
}>

/** Frees what the holds reserve beyond the goods of the edit. */
async function moveStock(tx: AnyTx, edit: Edit, { reserving, keeps }: Move): Promise<readonly StockChange[]> {
  const { rows } = await sql<StockChange>`
    with ${needed(edit)}, reserved as (
      select variant_id, sum(reserved)::int as reserved from catalog.hold_items
      where order_id = any(${reserving}::uuid[]) group by variant_id
    ), needed as (
      select variant_id, reserved.reserved - case when ${keeps} then coalesce(goods.reserved, 0) else 0 end as freed
      from reserved left join goods using (variant_id)
      where reserved.reserved <> case when ${keeps} then coalesce(goods.reserved, 0) else 0 end
    ), locked as materialized (${lockedStock})
    update catalog.stock set reserved = stock.reserved - locked.freed from locked where ${isLocked}
    returning ${changedStock}, locked.freed as change, 0 as moved`.execute(tx)
  return rows
}

type Goods = Readonly<{ held_until: string; isLost: boolean }>

/** Replaces the lines of the hold and its pieces. */
async function saveGoods(tx: AnyTx, edit: Edit, { held_until, isLost }: Goods): Promise<void> {
  const { order_id, revision, items } = edit
  const total_amount = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  await sql`
    with ${needed(edit)}, saved as (
      insert into catalog.hold_items (order_id, variant_id, ordered, reserved)
      select ${order_id}::uuid, variant_id, ordered, reserved from goods
      on conflict (order_id, variant_id) do update set ordered = excluded.ordered, reserved = excluded.reserved
    ), deleted as (
      delete from catalog.hold_items where order_id = ${order_id} and variant_id not in (select variant_id from goods)
    )
    update catalog.holds set lines = ${JSON.stringify(items)}::jsonb, total_amount = ${total_amount}, revision = ${revision},
      state = case when ${isLost} then 'expired' else state end,
      expires_at = case when state = 'held' and not ${isLost} then greatest(expires_at, ${held_until}::timestamptz) end
    where order_id = ${order_id}
  `.execute(tx)
}
