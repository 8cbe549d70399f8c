import { returnReceived } from '#catalog/events'
import {
  parcelCancellationRequested,
  shipmentCancelled,
  shipmentCancellationRefused,
  shipmentCreated,
  shipmentFailed,
} from '#delivery/events'
import {
  parcelCancellationRefused,
  parcelCancelled,
  parcelDelivered,
  parcelFailed,
  parcelPickedUp,
  parcelReturned,
} from '#dispatch/events'
import { orderFulfilled, shipmentCancellationRequested, shipmentRequested } from '#ordering/events'
import type { NewEvent } from '#platform/events'
import { currentState, statusChanged } from '../../../modules/delivery/shipment-events.ts'
import {
  cancel,
  changeStatus,
  deliver,
  nextStatusesForStaff,
  type Parcel,
  type StatusChange,
} from '../../../modules/delivery/shipment.ts'
import type { Shipment } from '../../../modules/delivery/store/tables.ts'
import type { Actor, Step } from './network.ts'
import { order_id } from './ordering.ts'
import { shipmentByHand } from './staff.ts'

type Status = Parcel['status']
export type ShipmentModel = Readonly<{
  /** `tombstone`: the order gets no shipment any more. */
  shipment:
    | null
    | 'tombstone'
    | Readonly<{ status: Status; by: 'order' | 'staff'; isCancelling: boolean; hasFailed: boolean; hasLeft: boolean }>
}>
type Row = Exclude<ShipmentModel['shipment'], null | 'tombstone'>

const at = new Date(0)
export const shipment_id = '0192f3c4-0000-7000-a000-000000000004'

/** The status that each report of a courier of the shop gives the shipment. */
const reported: Readonly<Record<string, Status>> = {
  [parcelPickedUp.type]: 'out_for_delivery',
  [parcelDelivered.type]: 'delivered',
  [parcelFailed.type]: 'failed',
  [parcelReturned.type]: 'returned',
}

/** Statuses that mean the same as `out_for_delivery` to the rest of the shop. */
const alike: ReadonlySet<Status> = new Set(['handed_over', 'in_transit'])

/** `courier` is a carrier outside, which answers at once; `own courier` has a parcel, which answers by events. */
export type Delivery = 'courier' | 'own courier' | 'pickup'

/** The shipment of the order; its decisions are those of `shipment.ts`. `delivery` is what the order requests. */
export function deliveryActor(delivery: Delivery): Actor<ShipmentModel> {
  const method = delivery === 'pickup' ? 'pickup' : 'courier'
  const isOwn = delivery === 'own courier'
  const rowOf = ({ status, isCancelling, hasFailed, hasLeft }: Row) =>
    ({
      id: shipment_id,
      order_id,
      method,
      status,
      tracking_number: null,
      pickup_code: null,
      code_attempts: 0,
      code_locked_until: null,
      reason: hasFailed ? 'unspecified' : null,
      cancelling_at: isCancelling ? at : null,
      delivery_address: null,
      timeline: hasLeft ? [{ status: 'out_for_delivery', at: '' }] : [],
    }) as unknown as Shipment
  const created = (by: Row['by']): Row => ({
    status: method === 'pickup' ? 'ready_for_pickup' : 'pending',
    by,
    isCancelling: false,
    hasFailed: false,
    hasLeft: false,
  })
  const changed = (
    shipment: Row,
    { from, to }: StatusChange,
  ): Readonly<{ state: ShipmentModel; publishes: NewEvent[] }> => ({
    state: {
      shipment: {
        ...shipment,
        status: to.status,
        isCancelling: false,
        hasFailed: shipment.hasFailed || to.status === 'failed',
        hasLeft: shipment.hasLeft || to.status === 'out_for_delivery',
      },
    },
    publishes: statusChanged(rowOf(shipment), { from, to }),
  })
  const createdEvent = (shipment: Row) =>
    shipmentCreated({ shipment_id, order_id, method, status: shipment.status, tracking_number: null })

  function request({ shipment }: ShipmentModel): Step<ShipmentModel>[] {
    if (shipment === 'tombstone') return [{ label: 'creates no shipment', state: { shipment } }]
    if (shipment !== null) {
      const publishes = shipment.by === 'staff' ? currentState(rowOf(shipment)) : []
      return [{ label: 'finds the shipment', state: { shipment }, publishes }]
    }
    const row = created('order')
    return [
      { label: 'creates the shipment', state: { shipment: row }, publishes: [createdEvent(row)] },
      {
        label: 'cannot create the shipment',
        state: { shipment: 'tombstone' },
        publishes: [shipmentFailed({ order_id, reason: 'no-carrier' })],
        costs: 'no shipment is possible',
      },
    ]
  }

  function cancelled({ shipment }: ShipmentModel): Step<ShipmentModel>[] {
    if (shipment === null || shipment === 'tombstone')
      return [
        { label: 'leaves a tombstone', state: { shipment: 'tombstone' }, publishes: [shipmentCancelled({ order_id })] },
      ]
    const state = { shipment }
    const decision = cancel({ method, status: shipment.status }, at)
    if (decision.kind === 'unchanged')
      return [
        {
          label: 'has cancelled the shipment',
          state,
          publishes: [shipmentCancelled({ shipment_id, order_id, goods_left: shipment.hasLeft })],
        },
      ]
    const refused = (label: string, row: Row): Step<ShipmentModel> => ({
      label,
      state: { shipment: row },
      publishes: [shipmentCancellationRefused({ shipment_id, order_id, status: row.status })],
    })
    if (decision.kind === 'refused') return [refused('refuses to cancel the shipment', shipment)]
    if (!shipment.isCancelling)
      return [{ label: 'asks the carrier', state: { shipment: { ...shipment, isCancelling: true } }, continues: true }]
    if (isOwn)
      return [{ label: 'asks the parcel', state, publishes: [parcelCancellationRequested({ shipment_id, order_id })] }]
    return [
      { ...changed(shipment, decision), label: 'cancels the shipment' },
      { ...refused('the carrier refuses', { ...shipment, isCancelling: false }), costs: 'the carrier refuses' },
    ]
  }

  /** As `finish-cancellation`. */
  function finished(shipment: Row, isCancelled: boolean): Step<ShipmentModel>[] {
    const decision = cancel({ method, status: shipment.status }, at)
    if (decision.kind === 'unchanged') return cancelled({ shipment })
    if (isCancelled && decision.kind === 'changed')
      return [{ ...changed(shipment, decision), label: 'cancels the shipment' }]
    return [
      {
        label: 'refuses to cancel the shipment',
        state: { shipment: { ...shipment, isCancelling: false } },
        publishes: [shipmentCancellationRefused({ shipment_id, order_id, status: shipment.status })],
      },
    ]
  }

  /** As `follow-courier`. */
  function followed(shipment: Row, to: Status): Step<ShipmentModel>[] {
    const decision = changeStatus({ ...rowOf(shipment), cancelling_at: null }, to, { now: at, reason: 'no-answer' })
    if (decision.kind !== 'changed') return [{ label: `cannot be ${to}`, state: { shipment } }]
    return [{ ...changed(shipment, decision), label: `is ${to}` }]
  }

  return {
    name: 'delivery',
    initial: { shipment: null },
    subscribesTo: [
      shipmentRequested.type,
      shipmentCancellationRequested.type,
      orderFulfilled.type,
      returnReceived.type,
      shipmentByHand.definition.type,
      ...(isOwn ? [parcelCancelled.type, parcelCancellationRefused.type, ...Object.keys(reported)] : []),
    ],
    receive: (state, { type }) => {
      const { shipment } = state
      if (type === shipmentRequested.type) return request(state)
      if (type === shipmentCancellationRequested.type) return cancelled(state)
      if (type === shipmentByHand.definition.type) {
        if (shipment !== null) return [{ label: 'has a shipment', state }]
        const row = created('staff')
        return [{ label: 'creates the shipment of staff', state: { shipment: row }, publishes: [createdEvent(row)] }]
      }
      if (shipment === null || shipment === 'tombstone') return [{ label: 'has nothing to close', state }]
      if (type === parcelCancelled.type) return finished(shipment, true)
      if (type === parcelCancellationRefused.type) return finished(shipment, false)
      if (reported[type] !== undefined) return followed(shipment, reported[type])
      if (type === returnReceived.type) {
        const back = shipment.status === 'failed' ? changeStatus(rowOf(shipment), 'returned', { now: at }) : undefined
        if (back?.kind !== 'changed') return [{ label: 'has the parcel back', state }]
        return [{ ...changed(shipment, back), label: 'the parcel is back' }]
      }
      const decision = deliver(rowOf(shipment), { by: 'staff' }, at)
      if (decision.kind !== 'changed') return [{ label: 'closes nothing', state }]
      return [{ ...changed(shipment, decision), label: 'closes the shipment' }]
    },
    act: ({ shipment }) => {
      if (shipment === null || shipment === 'tombstone') return []
      const row = rowOf(shipment)
      return nextStatusesForStaff(row)
        .filter((to) => !alike.has(to))
        .flatMap((to): Step<ShipmentModel>[] => {
          const decision = changeStatus(row, to, { now: at })
          if (decision.kind !== 'changed') return []
          const step = { ...changed(shipment, decision), label: `the parcel is ${to}` }
          if (isOwn) return [{ ...step, costs: 'staff change the shipment', isOptional: true }]
          return [to === 'failed' ? { ...step, costs: 'a parcel fails' } : step]
        })
    },
  }
}
