import { ShipmentView, type DeliveryApi } from '#delivery/api'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, notFound } from '#platform/outcome'
import type { OrderLinks } from '../order-links.ts'
import { orderViewOf, type PayUrlOf, type ShowOrder } from '../order-view.ts'
import { LinkParams, OrderView } from '../schema.ts'

const tags = ['ordering']

const order = {
  tags,
  summary: 'Show the order of a private link',
  params: LinkParams,
  response: { 200: OrderView },
}

const shipment = {
  tags,
  summary: 'Show the shipment of the order of a private link',
  description: 'Includes the pickup code and the token of the tracking page.',
  params: LinkParams,
  response: { 200: ShipmentView },
}

type Needs = Readonly<{
  showOrder: ShowOrder
  delivery: Pick<DeliveryApi, 'shipmentOf'>
  payUrlOf: PayUrlOf
  orderLinks: OrderLinks
}>

export const showByLinkRoutes =
  ({ showOrder, delivery, payUrlOf, orderLinks }: Needs): Routes =>
  (http) => {
    const config = { access: 'anyone' } as const
    const find = async (token: string) => {
      const link = orderLinks.read(token)
      return link ? await showOrder(link.order_id, link) : notFound('order')
    }

    http.get('/orders/by-link/:token', { schema: order, config }, async ({ params, locale }, reply) => {
      const found = await find(params.token)
      if (isRefusal(found)) return refuse(reply, found)
      return orderViewOf(found, { locale, payUrlOf, orderLinks })
    })

    http.get('/orders/by-link/:token/shipment', { schema: shipment, config }, async ({ params }, reply) => {
      const found = await find(params.token)
      const outcome = isRefusal(found) ? found : await delivery.shipmentOf(found.order.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return outcome.shipment
    })
  }
