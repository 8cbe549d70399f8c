import type { ColumnType, Generated } from 'kysely'
import type { Localized } from '#platform/values'
import type { OpenHours } from './pickup-points/open-hours.ts'
import type { Address } from './shipment.ts'
import type { Method, Status } from './status.ts'

/** JSON goes in as text, also a JSON string, and comes out parsed. */
type Json<Value> = ColumnType<Value, string, string>
type JsonOrNull<Value> = ColumnType<Value | null, string | null, string | null>

export type Step = Readonly<{ status: Status; at: string }>

type Shipments = {
  id: string
  order_id: string
  order_number: string | null
  user_id: string | null
  /** Null in a tombstone. */
  method: Method | null
  status: Status
  pickup_code: string | null
  tracking_number: string | null
  track_token: string | null
  delivery_address: JsonOrNull<Address>
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  weight_grams: number | null
  cash_to_collect: number | null
  currency: string | null
  timeline: Json<readonly Step[]>
  created_at: Date
  updated_at: Date
  delivered_at: Date | null
  cancelled_at: Date | null
  failed_because: string | null
}

type PickupPoints = {
  id: string
  name: Json<Localized>
  address: Json<Localized>
  hours: Json<readonly OpenHours[]>
  timezone: string
  position: Generated<number>
  is_active: Generated<boolean>
}

export type DeliveryTables = {
  'delivery.shipments': Shipments
  'delivery.pickup_points': PickupPoints
}
