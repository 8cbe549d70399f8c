import type { Static } from 'typebox'
import type { Address as AddressSchema } from '#ordering/events'
import type { First } from './carrier.ts'
import { carrierOf } from './carriers.ts'
import { moves, type Method, type Status } from './status.ts'

export type Address = Static<typeof AddressSchema>

/** What is owed to whom. Staff who make a shipment by hand do not know all of it. */
export type Owed = Readonly<{
  id: string
  order_id: string
  order_number: string | null
  user_id: string | null
  method: Method
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  weight_grams: number | null
  cash_to_collect: number | null
  currency: string | null
}>

/** Each status carries exactly the facts that are true in it. */
type Standing =
  | Readonly<{ status: 'pending' | 'ready_for_pickup' | 'handed_over' | 'in_transit' | 'out_for_delivery' }>
  | Readonly<{ status: 'delivered'; delivered_at: Date }>
  | Readonly<{ status: 'failed' | 'returned'; failed_because: string }>
  | Readonly<{ status: 'cancelled'; cancelled_at: Date }>

/** What a decision needs to know of a shipment. */
export type Parcel = Readonly<{
  method: Method
  status: Status
  pickup_code: string | null
  failed_because: string | null
}>

type NotAllowed = Readonly<{ kind: 'refused'; reason: 'not-allowed'; status: Status; allowed: readonly Status[] }>
export type Moved = Readonly<{ kind: 'moved'; from: Status; standing: Standing }>
type Stands = Readonly<{ kind: 'stands' }>

export type Beginning =
  | Readonly<{ kind: 'begun'; first: First }>
  | Readonly<{ kind: 'refused'; reason: 'no-carrier' | 'address-missing' }>
export type Moving = Moved | Stands | NotAllowed
export type Delivering = Moving | Readonly<{ kind: 'refused'; reason: 'code-missing' | 'wrong-code' }>
export type CallingOff = Moved | Stands | Readonly<{ kind: 'refused'; reason: 'under-way'; status: Status }>

/** Begins a shipment, if somebody carries this way and knows where to. */
export function begin(
  { method, delivery_address }: Pick<Owed, 'method' | 'delivery_address'>,
  drawCode: () => string,
): Beginning {
  const carrier = carrierOf(method)
  if (!carrier) return { kind: 'refused', reason: 'no-carrier' }
  if (carrier.needsAddress && delivery_address === null) return { kind: 'refused', reason: 'address-missing' }
  return { kind: 'begun', first: carrier.begin(drawCode) }
}

/** Where a shipment may go from where it is. */
export const movesOf = ({ method, status }: Pick<Parcel, 'method' | 'status'>): readonly Status[] =>
  moves[status].filter((to) => carrierOf(method)?.statuses.includes(to) ?? true)

/** The same for staff: calling off is the order's business, so that the money comes back with it. */
export const movesByHand = (parcel: Pick<Parcel, 'method' | 'status'>): readonly Status[] =>
  movesOf(parcel).filter((to) => to !== 'cancelled')

type Circumstances = Readonly<{ now: Date; reason?: string | undefined }>

/** A step by hand of staff. Being there already is no fault. */
export function move(parcel: Parcel, to: Status, circumstances: Circumstances): Moving {
  if (parcel.status === to) return { kind: 'stands' }
  const allowed = movesByHand(parcel)
  if (!allowed.includes(to)) return { kind: 'refused', reason: 'not-allowed', status: parcel.status, allowed }
  return { kind: 'moved', from: parcel.status, standing: standingAt(parcel, to, circumstances) }
}

/** Who hands a parcel over: staff may do so without the customer's code, a courier may not. */
export type Hand = Readonly<{ by: 'staff' | 'courier'; code?: string | undefined }>

/** The customer gets the parcel. A second time changes nothing. */
export function deliver(parcel: Parcel, { by, code }: Hand, now: Date): Delivering {
  const moving = move(parcel, 'delivered', { now })
  if (moving.kind !== 'moved' || parcel.pickup_code === null) return moving
  if (code === undefined) return by === 'staff' ? moving : { kind: 'refused', reason: 'code-missing' }
  return code === parcel.pickup_code ? moving : { kind: 'refused', reason: 'wrong-code' }
}

/** The order takes the shipment back: possible until somebody carries the parcel away. */
export function callOff(parcel: Pick<Parcel, 'method' | 'status'>, now: Date): CallingOff {
  const { status } = parcel
  if (status === 'cancelled') return { kind: 'stands' }
  if (!movesOf(parcel).includes('cancelled')) return { kind: 'refused', reason: 'under-way', status }
  return { kind: 'moved', from: status, standing: { status: 'cancelled', cancelled_at: now } }
}

function standingAt(parcel: Parcel, status: Status, { now, reason }: Circumstances): Standing {
  if (status === 'delivered') return { status, delivered_at: now }
  if (status === 'cancelled') return { status, cancelled_at: now }
  if (status === 'failed') return { status, failed_because: reason ?? 'not-said' }
  if (status === 'returned') return { status, failed_because: reason ?? parcel.failed_because ?? 'not-said' }
  return { status }
}
