import type { Address } from '#ordering/events'
import type { Refused } from '#platform/outcome'
import { after, minutes } from '#platform/values'
import type { DeliveryMethod, ShipmentStatus } from './schema.ts'

export type { Address }

/** A shipment as its order requests it. Staff may choose another method and another address. */
export type ShipmentRequest = Readonly<{
  id: string
  order_id: string
  order_number: string | null
  user_id: string | null
  method: DeliveryMethod
  pickup_point_id: string | null
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  weight_grams: number | null
  cash_to_collect: number | null
  currency: string | null
}>

/** A status with exactly the facts that are true in it. */
export type StatusFacts =
  | Readonly<{ status: 'pending' | 'ready_for_pickup' | 'handed_over' | 'in_transit' | 'out_for_delivery' }>
  | Readonly<{ status: 'delivered'; delivered_at: Date }>
  | Readonly<{ status: 'failed' | 'returned'; reason: string }>
  | Readonly<{ status: 'cancelled'; cancelled_at: Date }>

/** The facts of a shipment that decisions need. */
export type Parcel = Readonly<{
  method: DeliveryMethod
  status: ShipmentStatus
  pickup_code: string | null
  /** Wrong codes since the last lock. */
  code_attempts: number
  /** No code is compared before this moment. */
  code_locked_until: Date | null
  reason: string | null
  /** Set while the carrier gets the cancellation. */
  cancelling_at: Date | null
}>
type Position = Pick<Parcel, 'method' | 'status'>

/** Statuses in which the parcel is outside the shop. */
const outside: ReadonlySet<ShipmentStatus> = new Set(['handed_over', 'in_transit', 'out_for_delivery'])

/** True once the parcel has left the shop. Unless it is delivered, its goods must come back before they can be sold. */
export const haveGoodsLeft = ({ timeline }: Readonly<{ timeline: readonly { status: ShipmentStatus }[] }>): boolean =>
  timeline.some(({ status }) => outside.has(status))

export type StatusChange = Readonly<{ kind: 'changed'; from: ShipmentStatus; to: StatusFacts }>
type Unchanged = Readonly<{ kind: 'unchanged' }>
type StatusNotAllowed = Refused<'shipment-status-not-allowed'> & Readonly<{ allowed: readonly ShipmentStatus[] }>

type BeingCancelled = Refused<'shipment-being-cancelled'>
type WrongCode = Refused<'wrong-code'> & Readonly<{ attempts_left: number }>
/** `retry_after` is in seconds. */
type CodeLocked = Refused<'code-locked'> & Readonly<{ retry_after: number }>

export type ChangeDecision = StatusChange | Unchanged | StatusNotAllowed | BeingCancelled
export type DeliverDecision = ChangeDecision | Refused<'code-missing' | 'no-pickup-code'> | WrongCode | CodeLocked
type CancelDecision = StatusChange | Unchanged | (Refused<'under-way'> & Readonly<{ status: ShipmentStatus }>)

/**
 * The statuses that may follow each status. After `failed` the order refunds the customer, so the parcel can only be
 * returned. An attempt that will be repeated goes back to `in_transit` instead.
 */
const transitions: Readonly<Record<ShipmentStatus, readonly ShipmentStatus[]>> = {
  pending: ['ready_for_pickup', 'handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'cancelled'],
  ready_for_pickup: ['delivered', 'failed', 'cancelled'],
  handed_over: ['ready_for_pickup', 'in_transit', 'out_for_delivery', 'delivered', 'failed'],
  in_transit: ['ready_for_pickup', 'out_for_delivery', 'delivered', 'failed'],
  out_for_delivery: ['in_transit', 'delivered', 'failed'],
  delivered: [],
  failed: ['returned'],
  returned: [],
  cancelled: [],
}

/** The statuses that the shipments of a method never have. */
const unusedStatuses: Readonly<Record<DeliveryMethod, readonly ShipmentStatus[]>> = {
  courier: ['ready_for_pickup'],
  pickup: ['pending', 'handed_over', 'in_transit', 'out_for_delivery'],
  cdek: [],
}

/** True for a status that no status follows. */
export const isOver = (status: ShipmentStatus): boolean => transitions[status].length === 0

export const nextStatuses = ({ method, status }: Position): readonly ShipmentStatus[] =>
  transitions[status].filter((next) => !unusedStatuses[method].includes(next))

/** Staff cannot cancel a shipment: they cancel its order, which also refunds the customer. */
export const nextStatusesForStaff = (position: Position): readonly ShipmentStatus[] =>
  nextStatuses(position).filter((next) => next !== 'cancelled')

type ChangeOptions = Readonly<{ now: Date; reason?: string | undefined }>

/** Decides whether staff may set the status `to`. The current status may be set again. */
export function changeStatus(parcel: Parcel, to: ShipmentStatus, options: ChangeOptions): ChangeDecision {
  if (parcel.status === to) return { kind: 'unchanged' }
  if (parcel.cancelling_at !== null && !isOver(parcel.status))
    return { kind: 'refused', reason: 'shipment-being-cancelled' }
  const allowed = nextStatusesForStaff(parcel)
  if (!allowed.includes(to)) return { kind: 'refused', reason: 'shipment-status-not-allowed', allowed }
  return { kind: 'changed', from: parcel.status, to: factsOf(parcel, to, options) }
}

/** Staff may hand a parcel over without the pickup code, the caller of a courier's role may not. */
export type HandOver = Readonly<{ by: 'staff' | 'courier'; code?: 'right' | 'wrong' | undefined }>

/**
 * Decides whether the parcel may be handed to the customer. A delivered parcel may be delivered again. The pickup code is
 * the only proof here: a courier delivers a parcel without one by its own rules (PIN or photograph, exact cash) in
 * dispatch, and a repeat, which also answers with the shipment, needs the code as well.
 */
export function deliver(parcel: Parcel, { by, code }: HandOver, now: Date): DeliverDecision {
  if (by === 'courier' && parcel.pickup_code === null) return { kind: 'refused', reason: 'no-pickup-code' }
  const decision = changeStatus(parcel, 'delivered', { now })
  if (decision.kind === 'refused' || parcel.pickup_code === null) return decision
  if (by === 'staff' && (code === undefined || decision.kind === 'unchanged')) return decision
  if (code === undefined) return { kind: 'refused', reason: 'code-missing' }
  const locked = parcel.code_locked_until
  if (locked !== null && locked > now)
    return { kind: 'refused', reason: 'code-locked', retry_after: secondsTo(locked, now) }
  if (code === 'right') return decision
  return {
    kind: 'refused',
    reason: 'wrong-code',
    attempts_left: maxAttempts - countWrongCode(parcel, now).code_attempts,
  }
}

const secondsTo = (moment: Date, now: Date): number => Math.ceil((moment.getTime() - now.getTime()) / 1000)

/** Wrong codes after which the code of a shipment is locked. A guess of six digits succeeds once in a million. */
export const maxAttempts = 5
const lockTime = minutes(15)

type CodeAttempts = Pick<Parcel, 'code_attempts' | 'code_locked_until'>

/** The attempts after one more wrong code. The last allowed one locks the code; after the lock the count begins again. */
export function countWrongCode({ code_attempts, code_locked_until }: CodeAttempts, now: Date): CodeAttempts {
  const counted = code_locked_until === null ? code_attempts + 1 : 1
  return { code_attempts: counted, code_locked_until: counted >= maxAttempts ? after(now, lockTime) : null }
}

/** Decides whether the order may still cancel its shipment: until the parcel leaves the shop. */
export function cancel(position: Position, now: Date): CancelDecision {
  const { status } = position
  if (status === 'cancelled') return { kind: 'unchanged' }
  if (!nextStatuses(position).includes('cancelled')) return { kind: 'refused', reason: 'under-way', status }
  return { kind: 'changed', from: status, to: { status: 'cancelled', cancelled_at: now } }
}

function factsOf(parcel: Parcel, status: ShipmentStatus, { now, reason }: ChangeOptions): StatusFacts {
  if (status === 'delivered') return { status, delivered_at: now }
  if (status === 'cancelled') return { status, cancelled_at: now }
  if (status === 'failed') return { status, reason: reason ?? 'unspecified' }
  if (status === 'returned') return { status, reason: reason ?? parcel.reason ?? 'unspecified' }
  return { status }
}
