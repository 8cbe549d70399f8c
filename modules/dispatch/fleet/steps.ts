import type { NewEvent } from '#platform/events'
import type { NotFound, Refused } from '#platform/outcome'
import {
  parcelAccepted,
  parcelArrived,
  parcelDelivered,
  parcelFailed,
  parcelPickedUp,
  parcelReturned,
} from '../events.ts'
import { accept, arrive, decline, deliver, fail, giveBack, pickUp } from './parcel.ts'
import type { FailureReason } from './schema.ts'
import type { NamedParcel, ParcelRow } from './store.ts'

/** A step of a courier with a parcel. */
export type Step =
  | Readonly<{ step: 'accept' | 'decline' | 'pick-up' | 'arrive' | 'return' }>
  | Readonly<{ step: 'deliver'; pin?: string | undefined; cash_collected?: number | undefined }>
  | Readonly<{ step: 'fail'; reason: FailureReason }>

/** The program of a courier stores its steps while it has no network, and sends them later with their ids and times. */
export type Report = Readonly<{ id: string; at: Date }>

export type TakeStepInput = Step & Readonly<{ id: string; courier_id: string; report?: Report }>
export type TakeStepOutcome = Readonly<{ kind: 'taken'; parcel: NamedParcel }> | NotFound | Refused<StepRefusal>
export type TakeStep = (input: TakeStepInput) => Promise<TakeStepOutcome>

type Proof = Readonly<{ isRightPin: (pin: string) => boolean; hasImage: boolean }>
type By = Readonly<{ courier_id: string; now: Date }>

/** Decides a step of a courier. `proof` is read for a delivery only. */
export function decideStep(parcel: ParcelRow, step: Step, { proof, ...by }: By & Readonly<{ proof: Proof }>) {
  switch (step.step) {
    case 'accept':
      return accept(parcel, by)
    case 'decline':
      return decline(parcel, by)
    case 'pick-up':
      return pickUp(parcel, by)
    case 'arrive':
      return arrive(parcel, by)
    case 'return':
      return giveBack(parcel, by)
    case 'fail':
      return fail(parcel, { ...by, reason: step.reason })
    case 'deliver': {
      const pin = step.pin === undefined ? 'absent' : proof.isRightPin(step.pin) ? 'right' : 'wrong'
      return deliver(parcel, { ...by, ...proof, pin, cash_collected: step.cash_collected ?? 0 })
    }
  }
}

export type StepRefusal =
  | Exclude<Extract<ReturnType<typeof decideStep>, { kind: 'refused' }>['reason'], 'not-yours'>
  | 'report-differs'
  /** Staff decide about it. */
  | 'report-kept'

type Carried = Readonly<{ parcel_id: string; order_id: string; courier_id: string }>

/** The events of a step that changed its parcel. */
export function eventsOf(step: Step, carried: Carried): readonly NewEvent[] {
  switch (step.step) {
    case 'accept':
      return [parcelAccepted(carried)]
    case 'decline':
      return []
    case 'pick-up':
      return [parcelPickedUp(carried)]
    case 'arrive':
      return [parcelArrived(carried)]
    case 'return':
      return [parcelReturned(carried)]
    case 'fail':
      return [parcelFailed({ ...carried, reason: step.reason })]
    case 'deliver':
      return [parcelDelivered(carried)]
  }
}

/** The time of a report, not before the last change of its parcel and not after now: clocks of telephones differ. */
export function timeOf(report: Report | undefined, { updated_at }: Pick<ParcelRow, 'updated_at'>, now: Date): Date {
  if (!report || report.at > now) return now
  return report.at < updated_at ? updated_at : report.at
}
