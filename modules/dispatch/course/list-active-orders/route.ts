import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { orderViewOf } from '../order-view.ts'
import { GridOrderView } from '../schema.ts'
import type { ListActiveOrders } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'List the orders of the grid that are not completed, oldest first',
  querystring: Closed(PageQuery),
  response: { 200: Page(GridOrderView) },
}

export const listActiveOrdersRoute =
  ({ listActiveOrders }: Readonly<{ listActiveOrders: ListActiveOrders }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.read' } }
    http.get('/dispatch/orders/active', { schema, config }, async ({ query }) => {
      const page = await listActiveOrders(windowOf(query))
      return { ...page, items: page.items.map(orderViewOf) }
    })
  }
