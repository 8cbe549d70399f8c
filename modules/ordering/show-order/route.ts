import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { FindBuyers } from '../buyers.ts'
import type { OrderLinks } from '../order-links.ts'
import { adminOrderViewOf, orderViewOf, type PayUrlOf, type ShowOrder } from '../order-view.ts'
import { AdminOrderView, OrderView } from '../schema.ts'
import type { ShowNotes } from './query.ts'

const response = { 200: OrderView }

type Needs = Readonly<{
  showOrder: ShowOrder
  showNotes: ShowNotes
  findBuyers: FindBuyers
  payUrlOf: PayUrlOf
  orderLinks: OrderLinks
}>

export const showOrderRoutes =
  ({ showOrder, showNotes, findBuyers, payUrlOf, orderLinks }: Needs): Routes =>
  (http) => {
    const own = { tags: ['ordering'], summary: 'Show your order', params: IdParams, response }
    http.get(
      '/orders/:id',
      { schema: own, config: { access: 'user' } },
      async ({ params: { id }, caller, locale }, reply) => {
        const found = await showOrder(id, userOf(caller))
        if (isRefusal(found)) return refuse(reply, found)
        return orderViewOf(found, { locale, payUrlOf, orderLinks })
      },
    )

    const any = {
      tags: ['ordering'],
      summary: 'Show any order',
      description: 'Includes the buyer, the recipient, the address, the comment and the lines to pack.',
      params: IdParams,
      response: { 200: AdminOrderView },
    }
    const staff = { permission: 'orders.read' }
    const ofPrograms = { ...any, summary: 'Show any order to another program' }
    for (const [path, schema, access] of [
      ['/admin/orders/:id', any, staff],
      ['/internal/orders/:id', ofPrograms, 'machine'],
    ] as const)
      http.get(path, { schema, config: { access } }, async ({ params: { id }, locale }, reply) => {
        const [found, notes] = await Promise.all([showOrder(id), showNotes(id)])
        if (isRefusal(found)) return refuse(reply, found)
        const authors = notes.flatMap(({ user_id }) => user_id ?? [])
        const accounts = await findBuyers([found.order.user_id, ...authors])
        return adminOrderViewOf({ ...found, notes }, { locale, payUrlOf, accounts })
      })
  }
