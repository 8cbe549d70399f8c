import { sql } from 'kysely'
import type { HoldInput, HoldOutcome } from '../../api.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { DecidedHold } from '../hold.ts'

export const heldOutcome = ({
  lines,
  total_amount,
  currency,
}: Omit<DecidedHold, 'kind' | 'variants'>): HoldOutcome => ({
  kind: 'held',
  lines,
  total_amount,
  currency,
})

export const orderClosed: HoldOutcome = { kind: 'refused', reason: 'order-closed' }

/** The outcome for an order that has a hold already; a hold that was released, expired or sold is never held again. */
export async function findEarlierHold(
  db: CatalogDb,
  order_id: string,
  items_hash: Buffer,
): Promise<HoldOutcome | undefined> {
  const hold = await db.selectFrom('catalog.holds').selectAll().where('order_id', '=', order_id).executeTakeFirst()
  if (!hold) return undefined
  if (hold.state !== 'held' && hold.state !== 'firm') return orderClosed
  return hold.items_hash?.equals(items_hash) ? heldOutcome(hold) : { kind: 'refused', reason: 'id-taken' }
}

/** The same, and claims a hold that is not paid: it lasts as long as a new one would. */
export async function claimEarlierHold(
  db: CatalogDb,
  { order_id, expires_at }: HoldInput,
  items_hash: Buffer,
): Promise<HoldOutcome | undefined> {
  const { rows } = await sql<Pick<DecidedHold, 'total_amount' | 'currency' | 'lines'>>`
    update catalog.holds set claims = claims + 1, expires_at = greatest(expires_at, ${expires_at})
    where order_id = ${order_id} and state = 'held' and items_hash = ${items_hash}
    returning lines, total_amount, currency`.execute(db)
  const [claimed] = rows
  return claimed ? heldOutcome(claimed) : await findEarlierHold(db, order_id, items_hash)
}
