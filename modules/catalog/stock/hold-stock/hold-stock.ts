import { sql } from 'kysely'
import { batched, inTransaction, sharedTransactions } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogApi, HoldInput, HoldOutcome } from '../../api.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { type DecidedHold, decideHold, linesThatNeed } from '../hold.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, lockedStock, saveAvailability } from '../store/stock-levels.ts'
import { findSellables } from './find-sellables.ts'
import { hashOfItems } from './hash-of-items.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

/**
 * One read and one write. The read locks nothing; the conditions of the write check again what was decided on it.
 */
export const holdStock = ({ db, now, catalogCache }: Needs): CatalogApi['hold'] => {
  const shareTransaction = sharedTransactions(db)
  return async (input) => {
    const items_hash = hashOfItems(input.items)
    const found = await findSellables(db, input.items)
    const decided = decideHold(input, found)
    if (decided.kind === 'refused') return (await findEarlierHold(db, input.order_id, items_hash)) ?? decided
    return await shareTransaction([input.order_id], async (tx): Promise<HoldOutcome> => {
      const { isNew, short, changes } = await saveHold(tx, { input, items_hash, decided, now: now() })
      if (!isNew) return (await findEarlierHold(tx, input.order_id, items_hash)) ?? orderClosed
      if (short.length > 0) {
        const sellables = found.filter((each) => each !== undefined)
        return { kind: 'refused', reason: 'out-of-stock', variant_ids: linesThatNeed(sellables, short) }
      }
      await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
      return heldOutcome(decided)
    })
  }
}

const heldOutcome = ({ lines, total_amount, currency }: Omit<DecidedHold, 'kind' | 'variants'>): HoldOutcome => ({
  kind: 'held',
  lines,
  total_amount,
  currency,
})

const orderClosed: HoldOutcome = { kind: 'refused', reason: 'order-closed' }

/** The outcome for an order that has a hold already; a hold that was released, expired or sold is never held again. */
async function findEarlierHold(db: CatalogDb, order_id: string, items_hash: Buffer): Promise<HoldOutcome | undefined> {
  const hold = await db.selectFrom('catalog.holds').selectAll().where('order_id', '=', order_id).executeTakeFirst()
  if (!hold) return undefined
  if (hold.state !== 'held' && hold.state !== 'firm') return orderClosed
  return hold.items_hash?.equals(items_hash) ? heldOutcome(hold) : { kind: 'refused', reason: 'id-taken' }
}

type NewHold = Readonly<{ input: HoldInput; items_hash: Buffer; decided: DecidedHold; now: Date }>

/** `short`: variants whose stock other orders took since the read. Of callers with a common variant the first gets its change. */
type SavedHold = Readonly<{ isNew: boolean; short: readonly string[]; changes: readonly StockChange[] }>

/** The columns of a hold and its variants, as JSON. */
const recordOf = ({ input, items_hash, decided, now }: NewHold) => ({
  order_id: input.order_id,
  expires_at: input.expires_at,
  held_at: now,
  items_hash: items_hash.toString('hex'),
  ...decided,
})

/**
 * Inserts holds and reserves their stock. The rows of the orders come first: a second call for the same order waits for
 * them and locks no stock. Then the stock of all holds in id order, so that no two transactions wait for each other. When
 * the holds need more of a variant than is free, none of them gets any.
 */
const saveHold = batched<NewHold, SavedHold>(async (tx, holds) => {
  const { rows } = await sql<{ held: string[] | null; changes: StockChange[] | null }>`
    with requested as (
      select * from jsonb_to_recordset(${JSON.stringify(holds.map(recordOf))}::jsonb) as requested(
        order_id uuid, expires_at timestamptz, held_at timestamptz, items_hash text, lines jsonb, total_amount bigint,
        currency text, variants jsonb)
    ), new_hold as (
      insert into catalog.holds (order_id, state, expires_at, held_at, items_hash, lines, total_amount, currency)
      select order_id, 'held', expires_at, held_at, decode(items_hash, 'hex'), lines, total_amount, currency from requested where ${inTransaction} order by order_id
      on conflict (order_id) do nothing returning order_id
    ), new_item as materialized (
      select order_id, item.* from new_hold join requested using (order_id),
        jsonb_to_recordset(requested.variants) as item(variant_id uuid, ordered int, reserved int)
    ), inserted_items as (
      insert into catalog.hold_items (order_id, variant_id, ordered, reserved) select * from new_item
    ), needed as (
      select variant_id, sum(reserved)::int as quantity from new_item where reserved > 0 group by variant_id
    ), locked as materialized (${lockedStock}
    ), changed as (
      update catalog.stock s set reserved = s.reserved + locked.quantity from locked
      where s.variant_id = locked.variant_id and s.on_hand - s.reserved >= locked.quantity
      returning ${changedStock}, -locked.quantity as change, 0 as moved
    )
    select (select array_agg(order_id) from new_hold) as held, (select jsonb_agg(changed) from changed) as changes`.execute(
    tx,
  )
  const [row] = rows
  const changes = new Map(row?.changes?.map((change) => [change.variant_id, change]))
  const given = new Set<string>()
  return holds.map(({ input, decided }) => {
    const reserved = decided.variants.filter((each) => each.reserved > 0).map(({ variant_id }) => variant_id)
    const own = reserved.filter((variant_id) => !given.has(variant_id))
    for (const variant_id of own) given.add(variant_id)
    return {
      isNew: row?.held?.includes(input.order_id) ?? false,
      short: reserved.filter((variant_id) => !changes.has(variant_id)),
      changes: own.flatMap((variant_id) => changes.get(variant_id) ?? []),
    }
  })
})
