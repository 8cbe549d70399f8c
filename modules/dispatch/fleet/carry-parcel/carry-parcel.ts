import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { parcelDelivered, parcelFailed, parcelPickedUp, parcelReturned } from '../../events.ts'
import { deliver, fail, giveBack, pickUp } from '../parcel.ts'
import { lockParcel, readParcel, saveParcel, type FleetDb, type NamedParcel, type ParcelRow } from '../store.ts'

/** A step of a courier with a parcel. */
export type CarryStep =
  | Readonly<{ step: 'pick-up' }>
  | Readonly<{ step: 'return' }>
  | Readonly<{ step: 'deliver'; pin: string }>
  | Readonly<{ step: 'fail'; reason: string }>
type CarryInput = CarryStep & Readonly<{ id: string; courier_id: string }>

export type CarryParcelOutcome =
  | Readonly<{ kind: 'carried'; parcel: NamedParcel }>
  | NotFound
  | Refused<'not-accepted' | 'not-picked-up' | 'wrong-pin' | 'pin-locked' | 'not-failed'>
export type CarryParcel = (input: CarryInput) => Promise<CarryParcelOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/** A wrong PIN is no refusal of the transaction, which would roll the count back. */
const counted = { kind: 'counted' } as const

/** A courier picks a parcel up, delivers it, fails to, or brings it back. A repeated step changes nothing. */
export const carryParcel =
  ({ db, now, wake }: Needs): CarryParcel =>
  async ({ id, courier_id, ...step }) => {
    const outcome = await transaction(db, async (tx): Promise<CarryParcelOutcome | typeof counted> => {
      const parcel = await lockParcel(tx, id)
      if (!parcel) return notFound('parcel')
      const at = now()
      const decision = decide(parcel, step, { courier_id, now: at })
      if (decision.kind === 'refused') {
        if (decision.reason === 'not-yours') return notFound('parcel')
        if (decision.reason !== 'wrong-pin') return { kind: 'refused', reason: decision.reason }
        await sql`update dispatch.parcels set pin_attempts = pin_attempts + 1 where id = ${id}`.execute(tx)
        return counted
      }
      if (decision.kind === 'changed') {
        await saveParcel(tx, parcel, { ...decision, at })
        await publish(tx, [eventOf(step, { parcel_id: id, order_id: parcel.order_id, courier_id })])
        afterCommit(tx, wake)
      }
      return { kind: 'carried', parcel: await readParcel(tx, id) }
    })
    return outcome.kind === 'counted' ? { kind: 'refused', reason: 'wrong-pin' } : outcome
  }

type By = Readonly<{ courier_id: string; now: Date }>

function decide(parcel: ParcelRow, step: CarryStep, by: By) {
  switch (step.step) {
    case 'pick-up':
      return pickUp(parcel, by)
    case 'return':
      return giveBack(parcel, by)
    case 'fail':
      return fail(parcel, { ...by, reason: step.reason })
    case 'deliver':
      return deliver(parcel, { ...by, isRightPin: timingSafeEqual(Buffer.from(step.pin), Buffer.from(parcel.pin)) })
  }
}

type Carried = Readonly<{ parcel_id: string; order_id: string; courier_id: string }>

function eventOf(step: CarryStep, carried: Carried) {
  if (step.step === 'pick-up') return parcelPickedUp(carried)
  if (step.step === 'return') return parcelReturned(carried)
  return step.step === 'fail' ? parcelFailed({ ...carried, reason: step.reason }) : parcelDelivered(carried)
}
