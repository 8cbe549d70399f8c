import type { Refused } from '#platform/outcome'
import { minutes } from '#platform/values'
import type { Assignment, ParcelStatus } from './schema.ts'

/** The facts of a parcel that decisions need. */
export type Parcel = Readonly<{
  status: ParcelStatus
  courier_id: string | null
  pin: string
  pin_attempts: number
  cash_to_collect: number
  arrived_at: Date | null
  pinned: boolean
  declined_by: readonly string[]
  offer_expires_at: Date | null
}>

/** The columns that change. */
export type ParcelChange = Readonly<{
  kind: 'changed'
  status: ParcelStatus
  courier_id: string | null
  pinned: boolean
  declined_by: readonly string[]
  offer_expires_at: Date | null
  reason: string | null
  assignment: Assignment | null
}>
type Unchanged = Readonly<{ kind: 'unchanged' }>
export type Decision<Reason extends string> = ParcelChange | Unchanged | Refused<Reason>

/** Wrong PINs after which the parcel can only be delivered by staff. A guess of four digits then succeeds once in 2,000. */
const maxPinAttempts = 5

/** True after so many wrong PINs that a further right one says nothing. */
export const isPinLocked = ({ pin_attempts }: Readonly<{ pin_attempts: number }>): boolean =>
  pin_attempts >= maxPinAttempts

const unchanged: Unchanged = { kind: 'unchanged' }
const refused = <Reason extends string>(reason: Reason): Refused<Reason> => ({ kind: 'refused', reason })

const changed = (
  parcel: Parcel,
  change: Partial<Omit<ParcelChange, 'kind'>> & { status: ParcelStatus },
): ParcelChange => ({
  kind: 'changed',
  courier_id: parcel.courier_id,
  pinned: parcel.pinned,
  declined_by: parcel.declined_by,
  offer_expires_at: null,
  reason: null,
  assignment: null,
  ...change,
})

const waiting = (parcel: Parcel, declined_by = parcel.declined_by) =>
  changed(parcel, { status: 'waiting', courier_id: null, pinned: false, declined_by })

type Offer = Readonly<{ courier_id: string; expires_at: Date; assignment: Assignment }>

/** Offers a waiting parcel to a courier who has not declined it. */
export function offer(
  parcel: Parcel,
  { courier_id, expires_at, assignment }: Offer,
): Decision<'not-waiting' | 'declined'> {
  if (parcel.status !== 'waiting') return refused('not-waiting')
  if (parcel.declined_by.includes(courier_id)) return refused('declined')
  return changed(parcel, { status: 'offered', courier_id, offer_expires_at: expires_at, assignment })
}

type Answered = Readonly<{ courier_id: string; now: Date }>

/** The courier takes the parcel that is offered to him. */
export function accept(
  parcel: Parcel,
  { courier_id, now }: Answered,
): Decision<'not-yours' | 'offer-expired' | 'not-offered'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.status === 'accepted') return unchanged
  if (parcel.status !== 'offered') return refused('not-offered')
  if (parcel.offer_expires_at !== null && parcel.offer_expires_at <= now) return refused('offer-expired')
  return changed(parcel, { status: 'accepted' })
}

/** The courier does not take the parcel: it waits for another one, and is not offered to him again. */
export function decline(parcel: Parcel, { courier_id }: Answered): Decision<'not-yours' | 'not-offered'> {
  if (parcel.courier_id !== courier_id)
    return parcel.declined_by.includes(courier_id) ? unchanged : refused('not-yours')
  if (parcel.status !== 'offered' && parcel.status !== 'accepted') return refused('not-offered')
  return waiting(parcel, [...parcel.declined_by, courier_id])
}

/** An offer without an answer goes to another courier, and after a pause to the same one: he may have seen no offer. */
export const expire = (parcel: Parcel, now: Date): Decision<'not-expired'> =>
  parcel.status === 'offered' && parcel.offer_expires_at !== null && parcel.offer_expires_at <= now
    ? waiting(parcel)
    : refused('not-expired')

/** Milliseconds without an offer to those who missed one: a minute at first, twice as long each time, a quarter of an hour at most. */
export const pauseAfter = (missed_offers: number): number =>
  Math.min(minutes(15), minutes(1) * 2 ** Math.min(missed_offers - 1, 10))

const chosenByStaff: Assignment = { en: 'Chosen by staff', ru: 'Выбрал сотрудник' }

/** Staff give the parcel to a courier, who need not accept it; a parcel that a courier has already stays with him. */
export function assignTo(
  parcel: Parcel,
  courier: Readonly<{ id: string; may_deliver: boolean }>,
): Decision<'already-picked-up' | 'is-over' | 'may-not-deliver'> {
  if (parcel.status === 'picked_up') return refused('already-picked-up')
  if (!isUndecided(parcel)) return refused('is-over')
  if (!courier.may_deliver) return refused('may-not-deliver')
  return changed(parcel, { status: 'accepted', courier_id: courier.id, pinned: true, assignment: chosenByStaff })
}

/** A courier who goes off duty leaves the parcels that he does not have in his hands; staff may have chosen him before. */
export const release = (parcel: Parcel): Decision<'already-picked-up'> =>
  isUndecided(parcel) ? waiting(parcel) : refused('already-picked-up')

/** Staff take the parcel from its courier. */
export function unassign(parcel: Parcel): Decision<'already-picked-up' | 'is-over'> {
  if (parcel.status === 'waiting') return unchanged
  if (parcel.status === 'picked_up') return refused('already-picked-up')
  return isUndecided(parcel) ? waiting(parcel) : refused('is-over')
}

/** True until the customer has the parcel, or does not get it. */
export const isOpen = (parcel: Pick<Parcel, 'status'>): boolean => isUndecided(parcel) || parcel.status === 'picked_up'

/** True until a courier has the parcel in his hands. */
const isUndecided = ({ status }: Pick<Parcel, 'status'>) =>
  status === 'waiting' || status === 'offered' || status === 'accepted'

/** The courier has the parcel in his hands. */
export function pickUp(parcel: Parcel, { courier_id }: Answered): Decision<'not-yours' | 'not-accepted'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.status === 'picked_up') return unchanged
  return parcel.status === 'accepted' ? changed(parcel, { status: 'picked_up' }) : refused('not-accepted')
}

/** The courier is at the address. */
export function arrive(
  parcel: Parcel,
  { courier_id }: Answered,
): Readonly<{ kind: 'arrived' }> | Unchanged | Refused<'not-yours' | 'not-picked-up'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.arrived_at !== null && isWithCourier(parcel)) return unchanged
  return parcel.status === 'picked_up' ? { kind: 'arrived' } : refused('not-picked-up')
}

const isWithCourier = ({ status }: Parcel) => status === 'picked_up' || status === 'delivered' || status === 'failed'

/** The proofs of a delivery. `cash_collected` is in minor units. */
type Delivered = Answered &
  Readonly<{
    pin: 'right' | 'wrong' | 'absent'
    /** There is an image that may stand for the PIN. */
    hasImage: boolean
    cash_collected: number
  }>

/** The customer has the parcel, has said the PIN and has paid what was to pay. */
export function deliver(
  parcel: Parcel,
  { courier_id, pin, hasImage, cash_collected }: Delivered,
): Decision<'not-yours' | 'not-picked-up' | 'wrong-pin' | 'pin-locked' | 'pin-missing' | 'wrong-cash'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.status === 'delivered') return unchanged
  if (parcel.status !== 'picked_up') return refused('not-picked-up')
  if (isPinLocked(parcel)) return refused('pin-locked')
  if (pin === 'wrong') return refused('wrong-pin')
  // Cash needs a person who pays.
  if (pin === 'absent' && !(hasImage && parcel.cash_to_collect === 0)) return refused('pin-missing')
  if (cash_collected !== parcel.cash_to_collect) return refused('wrong-cash')
  return changed(parcel, { status: 'delivered' })
}

/** The customer does not get the parcel, and the courier brings it back. */
export function fail(
  parcel: Parcel,
  { courier_id, reason }: Answered & Readonly<{ reason: string }>,
): Decision<'not-yours' | 'not-picked-up'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.status === 'failed') return unchanged
  return parcel.status === 'picked_up' ? changed(parcel, { status: 'failed', reason }) : refused('not-picked-up')
}

/** The shop has the parcel again. */
export function giveBack(
  parcel: Parcel & Readonly<{ reason: string | null }>,
  { courier_id }: Answered,
): Decision<'not-yours' | 'not-failed'> {
  if (parcel.courier_id !== courier_id) return refused('not-yours')
  if (parcel.status === 'returned') return unchanged
  return parcel.status === 'failed'
    ? changed(parcel, { status: 'returned', reason: parcel.reason })
    : refused('not-failed')
}

/** The order no longer wants the parcel. A courier who has it in his hands brings it to the customer all the same. */
export function cancel(parcel: Parcel): ParcelChange | Unchanged | Refused<'under-way'> {
  if (parcel.status === 'cancelled') return unchanged
  return isUndecided(parcel) ? changed(parcel, { status: 'cancelled' }) : refused('under-way')
}

/**
 * Follows a shipment that ended elsewhere: staff delivered it, or its order was cancelled. A courier who has a cancelled
 * parcel in his hands brings it back.
 */
export function follow(
  parcel: Parcel,
  to: 'delivered' | 'failed' | 'returned' | 'cancelled',
): ParcelChange | Unchanged {
  if (parcel.status === to || parcel.status === 'delivered' || parcel.status === 'returned') return unchanged
  if (parcel.status === 'cancelled' || (parcel.status === 'failed' && to !== 'returned')) return unchanged
  if (to === 'cancelled' && parcel.status === 'picked_up')
    return changed(parcel, { status: 'failed', reason: 'cancelled' })
  const reason = to === 'failed' || to === 'returned' ? 'reported-by-staff' : null
  return changed(parcel, { status: to, reason })
}
