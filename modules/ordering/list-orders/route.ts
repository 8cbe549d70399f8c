import { Type } from 'typebox'
import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import type { FindBuyers } from '../buyers.ts'
import { adminOrderSummaryOf, orderSummaryOf, type PayUrlOf } from '../order-view.ts'
import { AdminOrderSummary, OrderStatus, OrderSummary } from '../schema.ts'
import type { ListOrders } from './query.ts'

const querystring = Closed({ ...PageQuery, status: Type.Optional(OrderStatus) })
const response = { 200: Page(OrderSummary) }

type Needs = Readonly<{ listOrders: ListOrders; findBuyers: FindBuyers; payUrlOf: PayUrlOf }>

export const listOrdersRoutes =
  ({ listOrders, findBuyers, payUrlOf }: Needs): Routes =>
  (http) => {
    const own = { tags: ['ordering'], summary: 'List your orders, newest first', querystring, response }
    http.get('/orders', { schema: own, config: { access: 'user' } }, async ({ query, caller, locale }) => {
      const { user_id } = userOf(caller)
      const page = await listOrders({ user_id, status: query.status, window: windowOf(query) })
      return { ...page, items: page.items.map((listed) => orderSummaryOf(listed, { locale, payUrlOf })) }
    })

    const all = {
      tags: ['ordering'],
      summary: 'List all orders, newest first',
      description: 'Includes the buyer, the recipient, the address, the comment and the lines to pack.',
      querystring,
      response: { 200: Page(AdminOrderSummary) },
    }
    http.get(
      '/admin/orders',
      { schema: all, config: { access: { permission: 'orders.read' } } },
      async ({ query, locale }) => {
        const page = await listOrders({ status: query.status, window: windowOf(query) })
        const accounts = await findBuyers(page.items.map(({ order }) => order.user_id))
        return {
          ...page,
          items: page.items.map((listed) => adminOrderSummaryOf(listed, { locale, payUrlOf, accounts })),
        }
      },
    )
  }
