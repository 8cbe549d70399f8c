import { coalesced } from '#platform/db'
import { newId } from '#platform/values'
import type { Terms } from '../terms.ts'
import type { PromotionRow, PromotionsDb, PromotionsTx } from './tables.ts'

/** Finds the promotion of a coupon by its code in capitals. Concurrent requests share one statement. */
export const findByCode = coalesced<string, PromotionRow | undefined>(async (db: PromotionsDb, codes) => {
  const rows = await db
    .selectFrom('promotions.promotions')
    .selectAll()
    .where('code', '=', (eb) => eb.fn.any(eb.val(codes)))
    .execute()
  const byCode = new Map(rows.map((row) => [row.code, row]))
  return codes.map((code) => byCode.get(code))
})

export const listByIds = async (db: PromotionsDb, ids: readonly string[]): Promise<readonly PromotionRow[]> =>
  await db
    .selectFrom('promotions.promotions')
    .selectAll()
    .where('id', '=', (eb) => eb.fn.any(eb.val(ids)))
    .execute()

type NewPromotion = Readonly<{ id: string; terms: Terms; now: Date }>

/** Inserts a promotion; undefined when its id is taken. */
export const insertPromotion = (
  tx: PromotionsTx,
  { id, terms, now }: NewPromotion,
): Promise<PromotionRow | undefined> =>
  tx
    .insertInto('promotions.promotions')
    .values({ ...columnsOf(terms), id, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()

export const lockPromotion = (tx: PromotionsTx, id: string): Promise<PromotionRow | undefined> =>
  tx.selectFrom('promotions.promotions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

type ChangedPromotion = Readonly<{ id: string; version: number; terms: Terms; now: Date }>

export const updatePromotion = (
  tx: PromotionsTx,
  { id, version, terms, now }: ChangedPromotion,
): Promise<PromotionRow> =>
  tx
    .updateTable('promotions.promotions')
    .set({ ...columnsOf(terms), version, updated_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

const columnsOf = ({ name, category_ids, ...terms }: Terms) => ({
  ...terms,
  name: JSON.stringify(name),
  category_ids: [...category_ids],
})

type Change = Readonly<{
  promotion_id: string
  /** The member of staff; null for a program. */
  user_id: string | null
  before: Terms | null
  after: Terms
  changed_at: Date
}>

export async function insertChange(tx: PromotionsTx, { before, after, ...change }: Change): Promise<void> {
  const row = { ...change, id: newId(), before: before && JSON.stringify(before), after: JSON.stringify(after) }
  await tx.insertInto('promotions.changes').values(row).execute()
}
