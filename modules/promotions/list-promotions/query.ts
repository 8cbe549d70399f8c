import { countRows, timeCursor, byTime } from '#platform/db'
import { notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import { codeOf } from '../promotion.ts'
import type { PromotionRow, PromotionsDb } from '../store/tables.ts'

type Filter = Readonly<{ code?: string | undefined; is_active?: boolean | undefined; window: Window }>
export type ListPromotions = (filter: Filter) => Promise<ItemPage<PromotionRow>>

/** Lists promotions, newest first; keyset by (created_at, id). */
export const listPromotions =
  (db: PromotionsDb): ListPromotions =>
  async ({ code, is_active, window }) => {
    const matching = db
      .selectFrom('promotions.promotions')
      .$if(code !== undefined, (query) => query.where('code', '=', codeOf(code!)))
      .$if(is_active !== undefined, (query) => query.where('is_active', '=', is_active!))
    const [items, counted] = await Promise.all([
      matching.selectAll().$call(byTime(window)).execute(),
      countRows(db, matching),
    ])
    return pageOf({ items, counted, window, cursorOf: timeCursor })
  }

type Change = Readonly<{
  user_id: string | null
  changed_at: Date
  before: Record<string, unknown> | null
  after: Record<string, unknown>
}>
type Found = Readonly<{ kind: 'found'; promotion: PromotionRow; changes: readonly Change[] }>
export type ShowPromotion = (id: string) => Promise<Found | NotFound>

/** A promotion with its latest hundred changes. */
export const showPromotion =
  (db: PromotionsDb): ShowPromotion =>
  async (id) => {
    const promotion = await db.selectFrom('promotions.promotions').selectAll().where('id', '=', id).executeTakeFirst()
    if (!promotion) return notFound('promotion')
    const changes = await db
      .selectFrom('promotions.changes')
      .select(['user_id', 'changed_at', 'before', 'after'])
      .where('promotion_id', '=', id)
      .orderBy('changed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(100)
      .execute()
    return { kind: 'found', promotion, changes }
  }
