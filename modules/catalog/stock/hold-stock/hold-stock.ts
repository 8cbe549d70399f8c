import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogApi, HoldInput, HoldOutcome } from '../../api.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { type DecidedHold, decideHold, linesThatNeed } from '../hold.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, lockedStock, saveAvailability } from '../store/stock-levels.ts'
import { findSellables } from './find-sellables.ts'
import { hashOfItems } from './hash-of-items.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

/**
 * One read and one write. The read locks nothing; the conditions of the write check again what was decided on it.
 */
export const holdStock =
  ({ db, now, catalogCache }: Needs): CatalogApi['hold'] =>
  (input) =>
    transaction(db, async (tx): Promise<HoldOutcome> => {
      const items_hash = hashOfItems(input.items)
      const found = await findSellables(tx, input.items)
      const decided = decideHold(input, found)
      if (decided.kind === 'refused') return (await findEarlierHold(tx, input.order_id, items_hash)) ?? decided
      const { isNew, changes } = await saveHold(tx, { input, items_hash, decided, now: now() })
      if (!isNew) return (await findEarlierHold(tx, input.order_id, items_hash)) ?? orderClosed
      const short = shortOf(decided, changes)
      if (short.length > 0) {
        const sellables = found.filter((each) => each !== undefined)
        return { kind: 'refused', reason: 'out-of-stock', variant_ids: linesThatNeed(sellables, short) }
      }
      await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
      return heldOutcome(decided)
    })

/** The variants whose stock another order took between the read and the write. */
const shortOf = ({ variants }: DecidedHold, changes: readonly StockChange[]): string[] =>
  variants
    .filter(({ variant_id, reserved }) => reserved > 0 && !changes.some((stock) => stock.variant_id === variant_id))
    .map(({ variant_id }) => variant_id)

const heldOutcome = ({ lines, total_amount, currency }: Omit<DecidedHold, 'kind' | 'variants'>): HoldOutcome => ({
  kind: 'held',
  lines,
  total_amount,
  currency,
})

const orderClosed: HoldOutcome = { kind: 'refused', reason: 'order-closed' }

/** The outcome for an order that has a hold already; a hold that was released, expired or sold is never held again. */
async function findEarlierHold(tx: CatalogTx, order_id: string, items_hash: Buffer): Promise<HoldOutcome | undefined> {
  const hold = await tx.selectFrom('catalog.holds').selectAll().where('order_id', '=', order_id).executeTakeFirst()
  if (!hold) return undefined
  if (hold.state !== 'held' && hold.state !== 'firm') return orderClosed
  return hold.items_hash?.equals(items_hash) ? heldOutcome(hold) : { kind: 'refused', reason: 'id-taken' }
}

type NewHold = Readonly<{ input: HoldInput; items_hash: Buffer; decided: DecidedHold; now: Date }>

/**
 * Inserts the hold and reserves its stock. The row of the order comes first (the InitPlan `exists` runs before the lock):
 * a second call for the same order waits for it and locks no stock. Then the stock in id order, so that no two holds
 * wait for each other.
 */
async function saveHold(tx: CatalogTx, { input, items_hash, decided, now }: NewHold) {
  const { order_id, expires_at } = input
  const { variants, lines, total_amount, currency } = decided
  const reserving = variants.filter(({ reserved }) => reserved > 0)
  const { rows } = await sql<{ is_new: boolean; changes: StockChange[] }>`
    with new_hold as (
      insert into catalog.holds (order_id, state, expires_at, held_at, items_hash, lines, total_amount, currency)
      values (${order_id}, 'held', ${expires_at}, ${now}, ${items_hash}, ${JSON.stringify(lines)}, ${total_amount}, ${currency})
      on conflict (order_id) do nothing returning order_id
    ), inserted_items as (
      insert into catalog.hold_items (order_id, variant_id, ordered, reserved)
      select new_hold.order_id, item.* from new_hold, unnest(${variants.map((each) => each.variant_id)}::uuid[],
        ${variants.map((each) => each.ordered)}::int[], ${variants.map((each) => each.reserved)}::int[]) as item
    ), needed as (
      select * from unnest(${reserving.map((each) => each.variant_id)}::uuid[],
        ${reserving.map((each) => each.reserved)}::int[]) as item(variant_id, quantity)
      where exists (select from new_hold)
    ), locked as materialized (${lockedStock}
    ), changed as (
      update catalog.stock s set reserved = s.reserved + locked.quantity from locked
      where s.variant_id = locked.variant_id and s.on_hand - s.reserved >= locked.quantity
      returning ${changedStock}, -locked.quantity as change, 0 as moved
    )
    select exists (select from new_hold) as is_new,
      coalesce((select jsonb_agg(changed) from changed), '[]') as changes`.execute(tx)
  const [saved] = rows
  return { isNew: saved?.is_new ?? false, changes: saved?.changes ?? [] }
}
