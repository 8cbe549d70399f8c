import { Type } from 'typebox'
import { userOf, type Routes } from '#platform/http'
import { OrderView, presentOrder, type ShowOrder } from '../order-view.ts'

const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const response = { 200: OrderView }

export const showOrderRoutes =
  (showOrder: ShowOrder): Routes =>
  (http) => {
    const own = { tags: ['ordering'], summary: 'An order of mine', params, response }
    http.get(
      '/orders/:id',
      { schema: own, config: { access: 'customer' } },
      async ({ params: { id }, caller, locale }) =>
        presentOrder({ ...(await showOrder(id, userOf(caller).user_id)), locale }),
    )

    const any = { tags: ['ordering'], summary: 'An order, for staff', params, response }
    http.get(
      '/admin/orders/:id',
      { schema: any, config: { access: { permission: 'orders.read' } } },
      async ({ params: { id }, locale }) => presentOrder({ ...(await showOrder(id)), locale }),
    )
  }
