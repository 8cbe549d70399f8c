import type { ColumnType, Generated, Kysely, Selectable, Transaction } from 'kysely'
import type { Localized } from '#platform/values'
import type { DeliveryMethod, OpenHours, ShipmentStatus, TimelineEntry } from '../schema.ts'
import type { Address } from '../shipment.ts'
import type { Zone } from '../zone.ts'

/** Goes in as JSON text and comes out parsed. */
type Json<Value> = ColumnType<Value, string, string>
type JsonOrNull<Value> = ColumnType<Value | null, string | null, string | null>

type Shipments = {
  id: string
  order_id: string
  order_number: string | null
  user_id: string | null
  /** Null in a tombstone. */
  method: DeliveryMethod | null
  status: ShipmentStatus
  pickup_point_id: string | null
  pickup_code: string | null
  code_attempts: Generated<number>
  code_locked_until: Date | null
  tracking_number: string | null
  tracking_token: string | null
  delivery_address: JsonOrNull<Address>
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  weight_grams: number | null
  cash_to_collect: number | null
  currency: string | null
  timeline: Json<readonly TimelineEntry[]>
  created_at: Date
  updated_at: Date
  delivered_at: Date | null
  cancelled_at: Date | null
  reason: string | null
  cancelling_at: Date | null
}

type PickupPoints = {
  id: string
  name: Json<Localized>
  address: Json<Localized>
  hours: Json<readonly OpenHours[]>
  timezone: string
  lat: number | null
  lng: number | null
  position: Generated<number>
  is_active: Generated<boolean>
}

type Zones = Omit<Zone, 'name' | 'places'> & { name: Json<Localized>; places: string[] }

export type DeliveryTables = {
  'delivery.zones': Zones
  'delivery.shipments': Shipments
  'delivery.pickup_points': PickupPoints
  'delivery.deleted_customers': { user_id: string; deleted_at: Date }
}

export type DeliveryDb = Kysely<DeliveryTables>
export type DeliveryTx = Transaction<DeliveryTables>

type Row = Selectable<Shipments>
export type Shipment = Row & { method: DeliveryMethod; tracking_token: string }
export type Tombstone = Row & { method: null }
