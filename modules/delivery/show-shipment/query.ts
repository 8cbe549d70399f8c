import type { Kysely } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { DeliveryApi } from '../api.ts'
import { ownShipmentViewOf } from '../shipment-view.ts'
import { findShipment, type DeliveryTables, type Shipment } from '../store.ts'

/** Customers see their own shipments, staff see all. Couriers see the parcels that they carry in dispatch. */
export type Viewer = Readonly<{ user_id?: string; seesAll: boolean }>

export type FoundShipment = Readonly<{ kind: 'found'; shipment: Shipment; isOwn: boolean }>
export type ShowShipment = (
  key: Readonly<{ id: string } | { order_id: string }>,
  viewer: Viewer,
) => Promise<FoundShipment | NotFound>

type Needs = Readonly<{ db: Kysely<DeliveryTables> }>

export const showShipment =
  ({ db }: Needs): ShowShipment =>
  async (key, { user_id, seesAll }) => {
    const shipment = await findShipment(db, key)
    const isOwn = user_id !== undefined && shipment?.user_id === user_id
    return shipment && (isOwn || seesAll) ? { kind: 'found', shipment, isOwn } : notFound('shipment')
  }

/** The shipment of an order for its buyer, whom ordering knows by the account or by the private link. */
export const shipmentOf =
  ({ db }: Needs): DeliveryApi['shipmentOf'] =>
  async (order_id) => {
    const shipment = await findShipment(db, { order_id })
    return shipment ? { kind: 'found', shipment: ownShipmentViewOf(shipment) } : notFound('shipment')
  }
