import { sql, type Kysely, type Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogApi, HoldOutcome, HoldInput } from '../api.ts'
import { decideHold, type Found, type ToHold, wantedOf } from '../hold.ts'
import type { Shelf } from '../shelf.ts'
import type { Moved } from '../stock.ts'
import { stockLevel, stockMoved } from '../stock-rows.ts'
import type { CatalogTables } from '../tables.ts'
import { findWanted } from './find-wanted.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

/** One read, one write. What is decided on the read is proven again by the conditions of the write. */
export const holdStock =
  ({ db, now, shelf }: Needs): CatalogApi['hold'] =>
  async (input) => {
    try {
      return await transaction(db, async (tx) => {
        const found = await findWanted(tx, input.wants)
        const holding = decideHold(input, found)
        if (holding.kind === 'refused') return (await heldBefore(tx, input.order_id)) ?? holding
        const { placed, moves } = await keep(tx, { input, holding, now: now() })
        if (!placed) return (await heldBefore(tx, input.order_id)) ?? orderOver
        const short = shortOf(holding, moves)
        if (short.length > 0) throw new Short(wantedOf(found.filter(isFound), short))
        await publish(tx, await stockMoved({ tx, shelf }, moves, 'holds'))
        return heldAs(holding)
      })
    } catch (error) {
      if (!(error instanceof Short)) throw error
      return { kind: 'refused', reason: 'out-of-stock', variant_ids: error.variant_ids }
    }
  }

/** Rolls back a hold of which a part was sold away between the read and the lock. */
class Short extends Error {
  readonly variant_ids: readonly string[]
  constructor(variant_ids: readonly string[]) {
    super('not enough in stock')
    this.variant_ids = variant_ids
  }
}

const isFound = (found: Found | undefined): found is Found => found !== undefined

const shortOf = ({ items }: ToHold, moves: readonly Moved[]): string[] =>
  items
    .filter(({ variant_id, reserved }) => reserved > 0 && !moves.some((moved) => moved.variant_id === variant_id))
    .map(({ variant_id }) => variant_id)

const heldAs = ({ lines, total_amount, currency }: Omit<ToHold, 'kind' | 'items'>): HoldOutcome => ({
  kind: 'held',
  lines,
  total_amount,
  currency,
})

/** A hold that was released, ran out or was sold is never taken again: another order needs another id. */
const orderOver: HoldOutcome = { kind: 'refused', reason: 'order-closed' }

async function heldBefore(db: Kysely<CatalogTables>, order_id: string): Promise<HoldOutcome | undefined> {
  const hold = await db.selectFrom('catalog.holds').selectAll().where('order_id', '=', order_id).executeTakeFirst()
  if (!hold) return undefined
  return hold.state === 'held' || hold.state === 'firm' ? heldAs(hold) : orderOver
}

type Placing = Readonly<{ input: HoldInput; holding: ToHold; now: Date }>

/**
 * The order's row comes first (the InitPlan `exists` runs before the lock), so that a second request of the same order
 * waits there and not on the stock; then the stock in id order, so that no two holds wait for each other.
 */
async function keep(tx: Transaction<CatalogTables>, { input, holding, now }: Placing) {
  const { order_id, expires_at } = input
  const { items, lines, total_amount, currency } = holding
  const taken = items.filter(({ reserved }) => reserved > 0)
  const { rows } = await sql<{ placed: boolean; moves: Moved[] }>`
    with placed as (
      insert into catalog.holds (order_id, state, expires_at, held_at, lines, total_amount, currency)
      values (${order_id}, 'held', ${expires_at}, ${now}, ${JSON.stringify(lines)}, ${total_amount}, ${currency})
      on conflict (order_id) do nothing returning order_id
    ), kept as (
      insert into catalog.hold_items (order_id, variant_id, ordered, reserved)
      select placed.order_id, item.* from placed, unnest(${items.map((each) => each.variant_id)}::uuid[],
        ${items.map((each) => each.ordered)}::int[], ${items.map((each) => each.reserved)}::int[]) as item
    ), locked as materialized (
      select s.variant_id, wanted.quantity
      from catalog.stock s join unnest(${taken.map((each) => each.variant_id)}::uuid[],
        ${taken.map((each) => each.reserved)}::int[]) as wanted(variant_id, quantity) using (variant_id)
      where exists (select from placed)
      order by s.variant_id for no key update of s
    ), moved as (
      update catalog.stock s set reserved = s.reserved + locked.quantity from locked
      where s.variant_id = locked.variant_id and s.on_hand - s.reserved >= locked.quantity
      returning ${stockLevel}, -locked.quantity as change
    )
    select exists (select from placed) as placed, coalesce((select jsonb_agg(moved) from moved), '[]') as moves`.execute(
    tx,
  )
  return rows[0] ?? { placed: false, moves: [] }
}
