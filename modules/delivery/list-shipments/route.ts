import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { DeliveryMethod, ShipmentStatus, StaffShipmentView } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { ListShipments } from './query.ts'

const schema = {
  tags: ['delivery'],
  summary: 'List all shipments, newest first',
  querystring: Closed({ ...PageQuery, status: Type.Optional(ShipmentStatus), method: Type.Optional(DeliveryMethod) }),
  response: { 200: Page(StaffShipmentView) },
}

export const listShipmentsRoute =
  ({ listShipments }: Readonly<{ listShipments: ListShipments }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.read' } }
    http.get('/admin/shipments', { schema, config }, async ({ query }) => {
      const { status, method } = query
      const page = await listShipments({ status, method, window: windowOf(query) })
      return { ...page, items: page.items.map(staffShipmentViewOf) }
    })
  }
