import type { Localized } from '#platform/values'

export const statuses = ['created', 'processing', 'paid', 'shipping', 'fulfilled', 'cancelled'] as const
export type Status = (typeof statuses)[number]
export type PaymentMethod = 'online' | 'cash_on_delivery'
export type DeliveryMethod = 'pickup' | 'courier' | 'cdek'

export type Address =
  | string
  | Readonly<{
      country: string
      city: string
      street: string
      house: string
      apartment?: string
      lat?: number
      lng?: number
    }>

/** What was sold, as it was at that moment. Price in minor units, weight in grams per piece. */
export type Line = Readonly<{
  variant_id: string
  product_id: string
  sku: string
  title: Localized
  price: number
  weight_grams: number
  quantity: number
}>

/** What a customer says about an order besides what is in it. */
export type Terms = Readonly<{
  payment_method: PaymentMethod
  delivery_method: DeliveryMethod
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
}>

type Facts = Terms &
  Readonly<{
    id: string
    number: string
    user_id: string
    lines: readonly Line[]
    total_amount: number
    currency: string
    created_at: Date
  }>

/** Each status carries exactly the facts that are true in it. */
type Order = Facts &
  (
    | Readonly<{ status: 'created' }>
    | Readonly<{ status: 'processing' }>
    | Readonly<{ status: 'paid'; paid_at: Date }>
    | Readonly<{ status: 'shipping'; shipped_at: Date }>
    | Readonly<{ status: 'fulfilled'; fulfilled_at: Date }>
    | Readonly<{ status: 'cancelled'; cancelled_at: Date; cancel_reason: string }>
  )

export type Created = Extract<Order, { status: 'created' }>

export type Placing =
  | Readonly<{ kind: 'placed'; order: Created }>
  | Readonly<{ kind: 'refused'; reason: 'address-missing' | 'method-unavailable' }>

/** The delivery methods this shop can carry out today. */
const offeredMethods: ReadonlySet<DeliveryMethod> = new Set(['pickup', 'courier'])

/** Says before any stock is held whether these terms can become an order. */
export function termsFault(terms: Terms): Extract<Placing, { kind: 'refused' }>['reason'] | undefined {
  if (!offeredMethods.has(terms.delivery_method)) return 'method-unavailable'
  if (terms.delivery_method === 'courier' && terms.delivery_address === null) return 'address-missing'
  return undefined
}

type Sold = Readonly<{ lines: readonly Line[]; total_amount: number; currency: string }>
type Named = Readonly<{ id: string; number: string; user_id: string }>

/** Makes the order of what has been held. Pure: no clock, no database. */
export function place({ named, terms, sold, now }: { named: Named; terms: Terms; sold: Sold; now: Date }): Created {
  const { payment_method, delivery_method, delivery_address, recipient_name, recipient_phone, comment } = terms
  const { lines, total_amount, currency } = sold
  const agreed = { payment_method, delivery_method, delivery_address, recipient_name, recipient_phone, comment }
  return { ...named, ...agreed, lines, total_amount, currency, status: 'created', created_at: now }
}

const moves: Readonly<Record<Status, readonly Status[]>> = {
  created: ['processing', 'cancelled'],
  processing: ['paid', 'shipping', 'cancelled'],
  paid: ['shipping', 'cancelled'],
  shipping: ['fulfilled', 'cancelled'],
  fulfilled: [],
  cancelled: [],
}

/** True when the life of an order leads from `from` straight to `to`. */
export const leadsTo = (from: Status, to: Status): boolean => moves[from].includes(to)

/** Nothing leads on from here. */
export const isOver = (status: Status): boolean => moves[status].length === 0

/** Shipment statuses in which an order can still be called off; later it is a return. */
const recallable: ReadonlySet<string | null> = new Set([null, 'pending', 'ready_for_pickup', 'cancelled'])

export type Standing = Readonly<{ status: Status; shipment_status: string | null; payment_method: PaymentMethod }>

/** True while a cancellation may be asked for. */
export const mayCancel = ({ status, shipment_status }: Standing): boolean =>
  !isOver(status) && recallable.has(shipment_status)

/** Where staff may send an order by hand. Money is never moved by hand here: paying and refunding belong to payments. */
export function movesByHand(standing: Standing): readonly Status[] {
  const { status, payment_method } = standing
  const accepted = status === 'paid' || (status === 'processing' && payment_method === 'cash_on_delivery')
  const onward: Status[] = accepted ? ['shipping'] : status === 'shipping' ? ['fulfilled'] : []
  return mayCancel(standing) ? [...onward, 'cancelled'] : onward
}

/** Grams of the whole order. */
export const weightOf = (lines: readonly Pick<Line, 'weight_grams' | 'quantity'>[]): number =>
  lines.reduce((sum, line) => sum + line.weight_grams * line.quantity, 0)
