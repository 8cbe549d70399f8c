import { sql } from 'kysely'
import { batched, inTransaction } from '#platform/db'
import type { HoldInput } from '../../api.ts'
import type { DecidedHold } from '../hold.ts'
import type { StockChange } from '../stock-level.ts'
import { changedStock, isLocked, lockedStock } from '../store/stock-levels.ts'

type NewHold = Readonly<{ input: HoldInput; items_hash: Buffer; decided: DecidedHold; now: Date }>

/**
 * `short`: variants whose stock other orders took since the read. Of new holds with a common variant the first gets its
 * change. A hold that is not new was claimed.
 */
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
 * Inserts holds and reserves their stock, and claims those that were held before. The rows of the orders come first: a second call for the same order waits for
 * them and locks no stock. Then the stock of all holds in id order, so that no two transactions wait for each other. When
 * the holds need more of a variant than is free, none of them gets any.
 */
export const saveHold = batched<NewHold, SavedHold>(async (tx, holds) => {
  const { rows } = await sql<{ held: string[] | null; changes: StockChange[] | null }>`
    with requested as (
      select * from jsonb_to_recordset(${JSON.stringify(holds.map(recordOf))}::jsonb) as requested(
        order_id uuid, expires_at timestamptz, held_at timestamptz, items_hash text, lines jsonb, total_amount bigint,
        currency text, variants jsonb)
    ), saved as (
      insert into catalog.holds (order_id, state, expires_at, held_at, items_hash, lines, total_amount, currency)
      select order_id, 'held', expires_at, held_at, decode(items_hash, 'hex'), lines, total_amount, currency from requested where ${inTransaction} order by order_id
      on conflict (order_id) do update set claims = holds.claims + 1, expires_at = greatest(holds.expires_at, excluded.expires_at)
        where holds.state = 'held' and holds.items_hash = excluded.items_hash
      returning order_id, old.order_id is null as is_new
    ), new_hold as (
      select order_id from saved where is_new
    ), new_item as materialized (
      select order_id, item.* from new_hold join requested using (order_id),
        jsonb_to_recordset(requested.variants) as item(variant_id uuid, ordered int, reserved int)
    ), inserted_items as (
      insert into catalog.hold_items (order_id, variant_id, ordered, reserved) select * from new_item
    ), needed as (
      select variant_id, sum(reserved)::int as quantity from new_item where reserved > 0 group by variant_id
    ), locked as materialized (${lockedStock}
    ), changed as (
      update catalog.stock set reserved = stock.reserved + locked.quantity from locked
      where ${isLocked} and stock.on_hand - stock.reserved >= locked.quantity
      returning ${changedStock}, -locked.quantity as change, 0 as moved
    )
    select (select array_agg(order_id) from new_hold) as held, (select jsonb_agg(changed) from changed) as changes`.execute(
    tx,
  )
  const [row] = rows
  const changes = new Map(row?.changes?.map((change) => [change.variant_id, change]))
  const given = new Set<string>()
  return holds.map(({ input, decided }) => {
    const isNew = row?.held?.includes(input.order_id) ?? false
    if (!isNew) return { isNew, short: [], changes: [] }
    const reserved = decided.variants.filter((each) => each.reserved > 0).map(({ variant_id }) => variant_id)
    const own = reserved.filter((variant_id) => !given.has(variant_id))
    for (const variant_id of own) given.add(variant_id)
    return {
      isNew,
      short: reserved.filter((variant_id) => !changes.has(variant_id)),
      changes: own.flatMap((variant_id) => changes.get(variant_id) ?? []),
    }
  })
})
