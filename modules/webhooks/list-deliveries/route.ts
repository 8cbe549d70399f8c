import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { deliveryFilter, DeliveryDetails, DeliveryParams, DeliveryView } from '../schema.ts'
import { attemptViewOf, deliveryViewOf } from '../views.ts'
import type { ListDeliveries, ShowDelivery } from './query.ts'

const tags = ['webhooks']
const config = { access: { permission: 'settings.write' } }

const list = {
  tags,
  summary: 'List the deliveries to an endpoint, newest events first',
  params: IdParams,
  querystring: Closed({ ...PageQuery, ...deliveryFilter }),
  response: { 200: Page(DeliveryView) },
}
const show = {
  tags,
  summary: 'Show a delivery with its body and the log of its last attempts, at most a hundred',
  params: DeliveryParams,
  response: { 200: DeliveryDetails },
}

type Slices = Readonly<{ listDeliveries: ListDeliveries; showDelivery: ShowDelivery }>

export const listDeliveriesRoutes =
  ({ listDeliveries, showDelivery }: Slices): Routes =>
  (http) => {
    http.get('/admin/webhooks/:id/deliveries', { schema: list, config }, async ({ params, query }, reply) => {
      const { status, event_type } = query
      const page = await listDeliveries({ endpoint_id: params.id, status, event_type, window: windowOf(query) })
      if (isRefusal(page)) return refuse(reply, page)
      return { ...page, items: page.items.map(deliveryViewOf) }
    })
    http.get('/admin/webhooks/:id/deliveries/:delivery_id', { schema: show, config }, async ({ params }, reply) => {
      const outcome = await showDelivery(params)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { delivery, body, attempts } = outcome
      return { ...deliveryViewOf(delivery), body, attempt_log: attempts.map(attemptViewOf) }
    })
  }
