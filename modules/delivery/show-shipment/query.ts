import type { DispatchApi } from '#dispatch/api'
import { isRefusal, notFound, type NotFound } from '#platform/outcome'
import type { DeliveryApi } from '../api.ts'
import type { CourierView } from '../schema.ts'
import { ownShipmentViewOf } from '../shipment-view.ts'
import { findShipment } from '../store/shipments.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'

/** Customers see their own shipments, staff see all. Couriers see the parcels that they carry in dispatch. */
export type Viewer = Readonly<{ user_id?: string; seesAll: boolean }>

type OwnShipment = Readonly<{ kind: 'found'; isOwn: true; shipment: Shipment; courier: CourierView }>
export type FoundShipment = OwnShipment | Readonly<{ kind: 'found'; isOwn: false; shipment: Shipment }>
export type ShowShipment = (
  key: Readonly<{ id: string } | { order_id: string }>,
  viewer: Viewer,
) => Promise<FoundShipment | NotFound>

type Needs = Readonly<{ db: DeliveryDb; dispatch: Pick<DispatchApi, 'parcelOf'> }>

export const showShipment =
  ({ db, dispatch }: Needs): ShowShipment =>
  async (key, { user_id, seesAll }) => {
    const shipment = await findShipment(db, key)
    if (shipment && user_id !== undefined && shipment.user_id === user_id)
      return { kind: 'found', isOwn: true, shipment, courier: await courierOf(dispatch, shipment) }
    return shipment && seesAll ? { kind: 'found', isOwn: false, shipment } : notFound('shipment')
  }

/** The shipment of an order for its buyer, whom ordering knows by the account or by the private link. */
export const shipmentOf =
  ({ db, dispatch }: Needs): DeliveryApi['shipmentOf'] =>
  async (order_id) => {
    const shipment = await findShipment(db, { order_id })
    if (!shipment) return notFound('shipment')
    const courier = await courierOf(dispatch, shipment)
    return { kind: 'found', shipment: ownShipmentViewOf({ shipment, courier }) }
  }

async function courierOf({ parcelOf }: Needs['dispatch'], { method, order_id }: Shipment): Promise<CourierView> {
  const found = method === 'courier' ? await parcelOf(order_id) : undefined
  if (!found || isRefusal(found)) return null
  const { courier_name: name, expected_at, arrived, pin } = found.parcel
  return { name, expected_at, arrived, pin }
}
