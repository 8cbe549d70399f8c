import { sql } from 'kysely'
import type { OrderingApi } from '#ordering'
import { transaction } from '#platform/db'
import { after, minutes, type Clock } from '#platform/values'
import { releaseRedemptions } from '../store/redemptions.ts'
import type { PromotionsDb } from '../store/tables.ts'

/**
 * From the redemption to its order are a few statements of at most 10 s each, so no attempt still relies on a redemption that
 * was not claimed for two minutes. Abandoned holds have the same age.
 */
const abandonedAfter = minutes(2)
const pageSize = 100

type Needs = Readonly<{ db: PromotionsDb; now: Clock; ordering: Pick<OrderingApi, 'promotionsOf'> }>

export type ConfirmRedemptions = (signal?: AbortSignal) => Promise<void>

/** `counted`: the promotions whose use has not returned; a refund returns only some. */
type Unconfirmed = Readonly<{
  order_id: string
  redeemed_at: Date
  promotion_ids: readonly string[]
  counted: readonly string[]
}>

/**
 * Confirms the redemptions whose orders live and have the discounts, and releases the others: their process died before it
 * saved the order, or the event of the cancellation came before the redemption.
 */
export const confirmRedemptions =
  ({ db, now, ordering }: Needs): ConfirmRedemptions =>
  async (signal) => {
    const before = after(now(), -abandonedAfter)
    let last: Pick<Unconfirmed, 'order_id' | 'redeemed_at'> = { order_id: firstId, redeemed_at: new Date(0) }
    for (;;) {
      const page = await listUnconfirmed(db, before, last)
      if (page.length > 0) await settle(db, before, { page, orders: await ordering.promotionsOf(idsOf(page)) })
      last = page.at(-1) ?? last
      if (page.length < pageSize || signal?.aborted) return
    }
  }

const firstId = '00000000-0000-0000-0000-000000000000'
const idsOf = (rows: readonly Readonly<{ order_id: string }>[]) => rows.map(({ order_id }) => order_id)

async function listUnconfirmed(
  db: PromotionsDb,
  before: Date,
  last: Pick<Unconfirmed, 'order_id' | 'redeemed_at'>,
): Promise<readonly Unconfirmed[]> {
  const { rows } = await sql<Unconfirmed>`
    select order_id, redeemed_at, used.promotion_ids, used.counted
    from promotions.redemptions redemption, lateral (
      select coalesce(array_agg(promotion_id::text), '{}') as promotion_ids,
        coalesce(array_agg(promotion_id::text) filter (where not is_returned), '{}') as counted
      from promotions.uses used where used.order_id = redemption.order_id) as used
    where state = 'redeemed' and not is_confirmed and redeemed_at <= ${before}
      and (redeemed_at, order_id) > (${last.redeemed_at}, ${last.order_id}::uuid)
    order by redeemed_at, order_id limit ${pageSize}
  `.execute(db)
  return rows
}

type Found = Readonly<{ page: readonly Unconfirmed[]; orders: Awaited<ReturnType<OrderingApi['promotionsOf']>> }>

/** A redemption that was claimed since is younger than `before`, and stays. */
async function settle(db: PromotionsDb, before: Date, { page, orders }: Found): Promise<void> {
  const byOrder = new Map(orders.map(({ order_id, promotion_ids }) => [order_id, new Set(promotion_ids)]))
  const isConfirmed = ({ order_id, promotion_ids, counted }: Unconfirmed) => {
    const ofOrder = byOrder.get(order_id)
    return ofOrder !== undefined && ofOrder.isSubsetOf(new Set(promotion_ids)) && new Set(counted).isSubsetOf(ofOrder)
  }
  const confirmed = idsOf(page.filter(isConfirmed))
  const abandoned = idsOf(page.filter((each) => !isConfirmed(each)))
  await transaction(db, async (tx) => {
    await sql`
      update promotions.redemptions set is_confirmed = true
      where order_id = any(${confirmed}::uuid[]) and state = 'redeemed'
    `.execute(tx)
    const { rows } = await sql<{ order_id: string }>`
      select order_id from promotions.redemptions
      where order_id = any(${abandoned}::uuid[]) and state = 'redeemed' and redeemed_at <= ${before}
      order by order_id for update
    `.execute(tx)
    await releaseRedemptions(tx, idsOf(rows))
  })
}
