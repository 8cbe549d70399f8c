import { parcelCancellationRequested, shipmentCreated, shipmentStatusChanged } from '#delivery/events'
import {
  parcelCancellationRefused,
  parcelCancelled,
  parcelDelivered,
  parcelFailed,
  parcelPickedUp,
  parcelReturned,
} from '#dispatch/events'
import type { NewEvent } from '#platform/events'
import {
  assignTo,
  cancel,
  deliver,
  fail,
  follow,
  giveBack,
  isOpen,
  pickUp,
  type Decision,
  type Parcel,
} from '../../../modules/dispatch/fleet/parcel.ts'
import { shipment_id } from './delivery.ts'
import type { Actor, Step } from './network.ts'
import { order_id } from './ordering.ts'

type Status = Parcel['status']
/** `tombstone`: the shipment gets no parcel any more. */
export type ParcelModel = Readonly<{ parcel: null | 'tombstone' | Status }>

const courier_id = '0192f3c4-0000-7000-a000-000000000009'
const by = { courier_id, now: new Date(0) }
const proved = { pin: 'right', hasImage: false, cash_collected: 0 } as const
const ids = { parcel_id: shipment_id, order_id }
const carried = { ...ids, courier_id }

const rowOf = (status: Status) => ({
  status,
  courier_id: status === 'waiting' ? null : courier_id,
  pin: '1234',
  pin_attempts: 0,
  cash_to_collect: 0,
  arrived_at: null,
  pinned: false,
  declined_by: [],
  offer_expires_at: null,
  reason: status === 'failed' || status === 'returned' ? 'no-answer' : null,
})

const isEnd = (status: unknown) =>
  status === 'delivered' || status === 'failed' || status === 'returned' || status === 'cancelled' ? status : undefined

/** The parcel of the order with one courier; its decisions are those of `parcel.ts`. */
export const dispatchActor: Actor<ParcelModel> = {
  name: 'dispatch',
  initial: { parcel: null },
  subscribesTo: [shipmentCreated.type, shipmentStatusChanged.type, parcelCancellationRequested.type],
  receive: ({ parcel }, { type, payload }) => {
    if (type === shipmentCreated.type) {
      if (parcel !== null || payload['status'] !== 'pending') return [{ label: 'creates no parcel', state: { parcel } }]
      return [{ label: 'creates the parcel', state: { parcel: 'waiting' } }]
    }
    if (type === parcelCancellationRequested.type) return [answer(parcel)]
    const end = isEnd(payload['to'])
    const decision = parcel === null || parcel === 'tombstone' || !end ? undefined : follow(rowOf(parcel), end)
    if (decision?.kind !== 'changed') return [{ label: 'leaves the parcel', state: { parcel } }]
    return [{ label: `the parcel is ${decision.status}`, state: { parcel: decision.status } }]
  },
  act: ({ parcel }) => {
    if (parcel === null || parcel === 'tombstone') return []
    const row = rowOf(parcel)
    return [
      ...step('the courier has the parcel', assignTo(row, { id: courier_id, may_deliver: true }), [], parcel),
      ...step('the courier picks the parcel up', pickUp(row, by), [parcelPickedUp(carried)], parcel),
      ...step(
        'the courier delivers the parcel',
        deliver(row, { ...by, ...proved }),
        [parcelDelivered(carried)],
        parcel,
      ),
      ...step(
        'the customer does not take the parcel',
        fail(row, { ...by, reason: 'refused' }),
        [parcelFailed({ ...carried, reason: 'refused' })],
        parcel,
      ).map((each) => ({ ...each, costs: 'a parcel fails' })),
      ...step('the courier brings the parcel back', giveBack(row, by), [parcelReturned(carried)], parcel),
    ]
  },
}

/** As `cancel-parcel`: a parcel that its courier has picked up goes on to the customer. */
function answer(parcel: ParcelModel['parcel']): Step<ParcelModel> {
  if (parcel === null || parcel === 'tombstone')
    return { label: 'leaves a tombstone', state: { parcel: 'tombstone' }, publishes: [parcelCancelled(ids)] }
  const decision = cancel(rowOf(parcel))
  if (decision.kind === 'refused')
    return { label: 'keeps the parcel', state: { parcel }, publishes: [parcelCancellationRefused(ids)] }
  const status = decision.kind === 'changed' ? decision.status : parcel
  return { label: 'cancels the parcel', state: { parcel: status }, publishes: [parcelCancelled(ids)] }
}

/** The step of a decision that changes the status. */
// oxlint-disable-next-line max-params -- a table of steps
function step(label: string, decision: Decision<string>, publishes: NewEvent[], from: Status): Step<ParcelModel>[] {
  if (decision.kind !== 'changed' || decision.status === from) return []
  return [{ label, state: { parcel: decision.status }, publishes }]
}

/** The parcel has ended as its shipment has. */
export const hasEndedAs = ({ parcel }: ParcelModel, shipment: string | null): boolean =>
  parcel === null || parcel === 'tombstone' || (!isOpen({ status: parcel }) && parcel === shipment)
