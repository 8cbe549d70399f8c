import { sql, type Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { Shelf } from '../shelf.ts'
import { freeOf, fullShelf, type Moved } from '../stock.ts'
import { stockLevel, stockMoved } from '../stock-rows.ts'
import type { CatalogTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

type Correction = Readonly<{ variant_id: string; delta: number; reason: string; user_id: string | null }>

type Level = Readonly<{ variant_id: string; on_hand: number; reserved: number; stock_quantity: number }>

export type Correcting =
  | (Readonly<{ kind: 'corrected'; movement_id: string }> & Level)
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: 'changes-nothing' | 'bundle-has-no-stock' | 'shelf-full' }>
  | (Readonly<{ kind: 'refused'; reason: 'pieces-are-reserved' }> & Omit<Level, 'variant_id'>)

export type CorrectStock = (correction: Correction, storeResponse: StoreResponse<Correcting>) => Promise<Correcting>

export const correctStock =
  ({ db, now, shelf }: Needs): CorrectStock =>
  async ({ variant_id, delta, reason, user_id }, storeResponse) => {
    if (delta === 0) return { kind: 'refused', reason: 'changes-nothing' }
    return await transaction(db, async (tx): Promise<Correcting> => {
      const { rows } = await sql<Moved>`
        update catalog.stock s set on_hand = s.on_hand + ${delta}::int
        where s.variant_id = ${variant_id} and s.on_hand + ${delta}::int between s.reserved and ${fullShelf}
        returning ${stockLevel}, ${delta}::int as change`.execute(tx)
      const [moved] = rows
      if (!moved) return await whyNot(tx, variant_id, delta)
      const movement_id = newId()
      await tx
        .insertInto('catalog.movements')
        .values({
          id: movement_id,
          variant_id,
          kind: 'correction',
          delta,
          reason,
          order_id: null,
          user_id,
          moved_at: now(),
        })
        .execute()
      await publish(tx, await stockMoved({ tx, shelf }, [moved], 'pieces'))
      const { on_hand, reserved } = moved
      const outcome = {
        kind: 'corrected',
        movement_id,
        variant_id,
        on_hand,
        reserved,
        stock_quantity: freeOf(moved),
      } as const
      await storeResponse(tx, outcome)
      return outcome
    })
  }

async function whyNot(db: Kysely<CatalogTables>, variant_id: string, delta: number): Promise<Correcting> {
  const variant = await db
    .selectFrom('catalog.variants as v')
    .leftJoin('catalog.stock as s', 's.variant_id', 'v.id')
    .select(['v.kind', 's.on_hand', 's.reserved'])
    .where('v.id', '=', variant_id)
    .executeTakeFirst()
  if (!variant) return { kind: 'absent' }
  if (variant.kind === 'bundle') return { kind: 'refused', reason: 'bundle-has-no-stock' }
  if ((variant.on_hand ?? 0) + delta > fullShelf) return { kind: 'refused', reason: 'shelf-full' }
  const level = { on_hand: variant.on_hand ?? 0, reserved: variant.reserved ?? 0 }
  return { kind: 'refused', reason: 'pieces-are-reserved', ...level, stock_quantity: freeOf(level) }
}
