import { sql } from 'kysely'
import { queryCache } from '#platform/cache'
import { seconds } from '#platform/values'
import type { Promotion } from '../promotion.ts'
import type { PromotionRow, PromotionsDb } from './tables.ts'

/** The promotions that concern orders without a coupon. They are cached, because every cart and every order needs them. */
export type ActivePromotions = Readonly<{
  list: () => Promise<Active>
  /** Call it after the commit of a change to a promotion. */
  clear: () => void
}>

type Active = Readonly<{
  /** Those without a code. */
  automatic: readonly Promotion[]
  /** One of them, or any coupon, is for first orders only. */
  hasFirstOrder: boolean
}>

export function activePromotions(db: PromotionsDb, ttl = seconds(5)): ActivePromotions {
  const cache = queryCache<Active>({ max: 1, ttl })
  return { list: () => cache.through('active', () => listActive(db)), clear: cache.clear }
}

/** One coupon stands for all that are for first orders. */
async function listActive(db: PromotionsDb): Promise<Active> {
  const { rows } = await sql<PromotionRow>`
    select * from promotions.promotions
    where is_active and (code is null or id = (
      select id from promotions.promotions where is_active and first_order and code is not null limit 1))
    order by id limit 1000
  `.execute(db)
  return {
    automatic: rows.filter(({ code }) => code === null),
    hasFirstOrder: rows.some(({ first_order }) => first_order),
  }
}
