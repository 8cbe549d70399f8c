import { Type } from 'typebox'
import { userOf, type Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { statuses } from '../order.ts'
import { OrderSummary, presentSummary } from '../order-view.ts'
import type { ListOrders } from './query.ts'

const querystring = Type.Object(
  { ...PageQuery, status: Type.Optional(Type.Enum([...statuses])) },
  { additionalProperties: false },
)
const response = { 200: Page(OrderSummary) }

export const listOrdersRoutes =
  (listOrders: ListOrders): Routes =>
  (http) => {
    const own = { tags: ['ordering'], summary: 'My orders, newest first', querystring, response }
    http.get('/orders', { schema: own, config: { access: 'customer' } }, async ({ query, caller, locale }) => {
      const page = await listOrders({
        user_id: userOf(caller).user_id,
        status: query.status,
        window: windowOf(query),
      })
      return { ...page, items: page.items.map((listed) => presentSummary({ ...listed, locale })) }
    })

    const all = { tags: ['ordering'], summary: 'All orders, newest first', querystring, response }
    http.get(
      '/admin/orders',
      { schema: all, config: { access: { permission: 'orders.read' } } },
      async ({ query, locale }) => {
        const page = await listOrders({ status: query.status, window: windowOf(query) })
        return { ...page, items: page.items.map((listed) => presentSummary({ ...listed, locale })) }
      },
    )
  }
