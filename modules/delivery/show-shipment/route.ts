import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { notFound, type Caller, type Routes } from '#platform/http'
import {
  present,
  presentOwn,
  presentToStaff,
  seesAll,
  ShipmentParams,
  ShipmentView,
  StaffShipmentView,
} from '../shipment-view.ts'
import { findShipment, type KeptShipment } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'

const response = { 200: ShipmentView }
const OrderParams = Type.Object({ order_id: Type.String({ format: 'uuid' }) })

/** Own shipments, with the code; for who carries parcels everybody's, without. */
function shownTo(caller: Caller, shipment: KeptShipment | undefined) {
  if (shipment && caller.kind === 'user' && shipment.user_id === caller.user_id) return presentOwn(shipment)
  if (shipment && seesAll(caller)) return present(shipment)
  throw notFound('shipment')
}

export const showShipmentRoutes =
  (db: Kysely<DeliveryTables>): Routes =>
  (http) => {
    const one = { tags: ['delivery'], summary: 'A shipment of mine', params: ShipmentParams, response }
    http.get('/delivery/:id', { schema: one, config: { access: 'customer' } }, async ({ params, caller }) =>
      shownTo(caller, await findShipment(db, params)),
    )

    const ofOrder = { tags: ['delivery'], summary: 'The shipment of an order of mine', params: OrderParams, response }
    http.get(
      '/delivery/order/:order_id',
      { schema: ofOrder, config: { access: 'customer' } },
      async ({ params, caller }) => shownTo(caller, await findShipment(db, params)),
    )

    const any = {
      tags: ['delivery'],
      summary: 'A shipment, for staff',
      params: ShipmentParams,
      response: { 200: StaffShipmentView },
    }
    const config = { access: { permission: 'delivery.read' } }
    http.get('/admin/shipments/:id', { schema: any, config }, async ({ params }) => {
      const shipment = await findShipment(db, params)
      if (!shipment) throw notFound('shipment')
      return presentToStaff(shipment)
    })
  }
