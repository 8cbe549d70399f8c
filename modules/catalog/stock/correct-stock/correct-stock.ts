import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { type CorrectedStock, type CorrectStockBody, maxOnHand } from '../schema.ts'
import { freeOf, type StockChange } from '../stock-level.ts'
import { changedStock, saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type Correction = CorrectStockBody &
  Readonly<{
    variant_id: string
    user_id: string | null
    /** The version of the stock that the caller started from. */
    expected_version?: string | undefined
  }>

type StockLevel = Pick<CorrectedStock, 'on_hand' | 'reserved' | 'stock_quantity'>

export type CorrectedOutcome = Readonly<{ kind: 'corrected'; stock: CorrectedStock }>

export type CorrectStockOutcome =
  | CorrectedOutcome
  | NotFound
  | Refused<'changes-nothing' | 'bundle-has-no-stock' | 'stock-limit-exceeded' | 'stock-changed'>
  | (Refused<'pieces-are-reserved'> & StockLevel)

export type CorrectStock = (
  correction: Correction,
  storeResponse: StoreResponse<CorrectedOutcome>,
) => Promise<CorrectStockOutcome>

/** Adds `delta` pieces to a variant, never below its reserved pieces. */
export const correctStock =
  ({ db, now, catalogCache }: Needs): CorrectStock =>
  async ({ variant_id, delta, reason, user_id, expected_on_hand, expected_version }, storeResponse) => {
    if (delta === 0) return { kind: 'refused', reason: 'changes-nothing' }
    return await transaction(db, async (tx): Promise<CorrectStockOutcome> => {
      const { rows } = await sql<StockChange>`
        update catalog.stock set on_hand = stock.on_hand + ${delta}::int
        where stock.variant_id = ${variant_id} and stock.on_hand + ${delta}::int between stock.reserved and ${maxOnHand}
          and stock.on_hand = coalesce(${expected_on_hand ?? null}::int, stock.on_hand)
          and stock.version = coalesce(${expected_version ?? null}::uuid, stock.version)
        returning ${changedStock}, ${delta}::int as change, ${delta}::int as moved`.execute(tx)
      const [changed] = rows
      if (!changed) return await refusalOf(tx, { variant_id, delta, expected_on_hand, expected_version })
      const movement_id = newId()
      const movement = { id: movement_id, variant_id, kind: 'correction', delta, reason, order_id: null } as const
      await tx
        .insertInto('catalog.movements')
        .values({ ...movement, user_id, moved_at: now() })
        .execute()
      await publish(tx, await saveAvailability({ tx, catalogCache }, [changed]))
      const { on_hand, reserved } = changed
      const stock = { movement_id, variant_id, on_hand, reserved, stock_quantity: freeOf(changed) }
      const outcome = { kind: 'corrected', stock } as const
      await storeResponse(tx, outcome)
      return outcome
    })
  }

/** Finds the condition that kept the update from changing a row. */
async function refusalOf(
  tx: CatalogTx,
  {
    variant_id,
    delta,
    expected_on_hand,
    expected_version,
  }: Pick<Correction, 'variant_id' | 'delta' | 'expected_version'> & Readonly<{ expected_on_hand: number | undefined }>,
): Promise<CorrectStockOutcome> {
  const variant = await tx
    .selectFrom('catalog.variants as v')
    .leftJoin('catalog.stock as s', 's.variant_id', 'v.id')
    .select(['v.kind', 's.on_hand', 's.reserved', 's.version'])
    .where('v.id', '=', variant_id)
    .executeTakeFirst()
  if (!variant) return notFound('variant')
  if (variant.kind === 'bundle') return { kind: 'refused', reason: 'bundle-has-no-stock' }
  const { on_hand, reserved, version } = variant
  if (on_hand === null || reserved === null) throw new Error(`Variant ${variant_id} has no stock row`)
  const isCurrent = (expected_on_hand ?? on_hand) === on_hand && (expected_version ?? version) === version
  if (!isCurrent) return { kind: 'refused', reason: 'stock-changed' }
  const level = { on_hand, reserved }
  if (level.on_hand + delta > maxOnHand) return { kind: 'refused', reason: 'stock-limit-exceeded' }
  return { kind: 'refused', reason: 'pieces-are-reserved', ...level, stock_quantity: freeOf(level) }
}
