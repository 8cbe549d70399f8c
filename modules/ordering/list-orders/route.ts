import { Type } from 'typebox'
import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { orderSummaryOf, type PayUrlOf } from '../order-view.ts'
import { OrderStatus, OrderSummary } from '../schema.ts'
import type { ListOrders } from './query.ts'

const querystring = Closed({ ...PageQuery, status: Type.Optional(OrderStatus) })
const response = { 200: Page(OrderSummary) }

type Needs = Readonly<{ listOrders: ListOrders; payUrlOf: PayUrlOf }>

export const listOrdersRoutes =
  ({ listOrders, payUrlOf }: Needs): Routes =>
  (http) => {
    const own = { tags: ['ordering'], summary: 'List your orders, newest first', querystring, response }
    http.get('/orders', { schema: own, config: { access: 'user' } }, async ({ query, caller, locale }) => {
      const { user_id } = userOf(caller)
      const page = await listOrders({ user_id, status: query.status, window: windowOf(query) })
      return { ...page, items: page.items.map((listed) => orderSummaryOf(listed, { locale, payUrlOf })) }
    })

    const all = { tags: ['ordering'], summary: 'List all orders, newest first', querystring, response }
    http.get(
      '/admin/orders',
      { schema: all, config: { access: { permission: 'orders.read' } } },
      async ({ query, locale }) => {
        const page = await listOrders({ status: query.status, window: windowOf(query) })
        return { ...page, items: page.items.map((listed) => orderSummaryOf(listed, { locale, payUrlOf })) }
      },
    )
  }
