import type { Generated, JSONColumnType } from 'kysely'
import type { Localized } from '#platform/values'
import type { Address, DeliveryMethod, PaymentMethod, Status } from './order.ts'

type Orders = {
  id: string
  number: string
  user_id: string
  status: Generated<Status>
  total_amount: number
  currency: string
  weight_grams: number
  payment_method: PaymentMethod
  delivery_method: DeliveryMethod
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  payment_id: string | null
  payment_status: string | null
  shipment_id: string | null
  shipment_status: string | null
  created_at: Date
  paid_at: Date | null
  shipped_at: Date | null
  fulfilled_at: Date | null
  cancelled_at: Date | null
  cancel_reason: string | null
  updated_at: Date
  input_hash: Buffer
}

type Lines = {
  order_id: string
  position: number
  variant_id: string
  product_id: string
  sku: string
  title: JSONColumnType<Localized>
  price: number
  weight_grams: number
  quantity: number
}

type Timeline = {
  id: Generated<number>
  order_id: string
  at: Date
  event: string
  status: Status
  reason: string | null
}

export type OrderingTables = {
  'ordering.orders': Orders
  'ordering.lines': Lines
  'ordering.timeline': Timeline
}
