import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { promotionViewOf } from '../promotion-view.ts'
import { CouponCode, PromotionDetails, PromotionView } from '../schema.ts'
import type { ListPromotions, ShowPromotion } from './query.ts'

const tags = ['promotions']
const access = { permission: 'promotions.write' }
const querystring = Closed({
  ...PageQuery,
  code: Type.Optional(CouponCode),
  is_active: Type.Optional(Type.Boolean()),
})

type Slices = Readonly<{ listPromotions: ListPromotions; showPromotion: ShowPromotion }>

export const listPromotionsRoutes =
  ({ listPromotions, showPromotion }: Slices): Routes =>
  (http) => {
    const list = { tags, summary: 'List promotions and coupons, newest first', querystring }
    http.get(
      '/admin/promotions',
      { schema: { ...list, response: { 200: Page(PromotionView) } }, config: { access } },
      async ({ query }) => {
        const { code, is_active } = query
        const page = await listPromotions({ code, is_active, window: windowOf(query) })
        return { ...page, items: page.items.map(promotionViewOf) }
      },
    )
    const show = { tags, summary: 'Show a promotion and the changes that staff made to it', params: IdParams }
    http.get(
      '/admin/promotions/:id',
      { schema: { ...show, response: { 200: PromotionDetails } }, config: { access } },
      async ({ params: { id } }, reply) => {
        const found = await showPromotion(id)
        if (isRefusal(found)) return refuse(reply, found)
        const changes = found.changes.map((each) => ({ ...each, changed_at: each.changed_at.toISOString() }))
        return { ...promotionViewOf(found.promotion), changes }
      },
    )
  }
