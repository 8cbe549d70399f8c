import { Type } from 'typebox'
import { admits, type Caller } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { Id, IdParams } from '#platform/schema'
import { ShipmentView, StaffShipmentView } from '../schema.ts'
import { ownShipmentViewOf, shipmentViewOf, staffShipmentViewOf } from '../shipment-view.ts'
import type { FoundShipment, ShowShipment, Viewer } from './query.ts'

const tags = ['delivery']
const response = { 200: ShipmentView }
const one = { tags, summary: 'Show your shipment', params: IdParams, response }
const ofOrder = { tags, summary: 'Show the shipment of your order', params: Type.Object({ order_id: Id }), response }
const forStaff = { tags, summary: 'Show any shipment', params: IdParams, response: { 200: StaffShipmentView } }

const permissions = ['delivery.read', 'delivery.write']

const viewerOf = (caller: Caller): Viewer => ({
  ...(caller.kind === 'user' && { user_id: caller.user_id }),
  seesAll: permissions.some((permission) => admits({ permission }, caller)),
})

const present = (found: FoundShipment) => (found.isOwn ? ownShipmentViewOf(found) : shipmentViewOf(found.shipment))

export const showShipmentRoutes =
  ({ showShipment }: Readonly<{ showShipment: ShowShipment }>): Routes =>
  (http) => {
    const config = { access: { userOr: 'delivery.read' } }
    http.get('/delivery/:id', { schema: one, config }, async ({ params, caller }, reply) => {
      const outcome = await showShipment(params, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return present(outcome)
    })

    http.get('/delivery/order/:order_id', { schema: ofOrder, config }, async ({ params, caller }, reply) => {
      const outcome = await showShipment(params, viewerOf(caller))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return present(outcome)
    })

    const staff = { access: { permission: 'delivery.read' } }
    http.get('/admin/shipments/:id', { schema: forStaff, config: staff }, async ({ params }, reply) => {
      const outcome = await showShipment(params, { seesAll: true })
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return staffShipmentViewOf(outcome.shipment)
    })
  }
