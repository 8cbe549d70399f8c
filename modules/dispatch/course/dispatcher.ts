import { isRefusal, type Refused } from '#platform/outcome'
import { forbidden, minimumAssignment } from '../minimum-assignment.ts'
import {
  canTake,
  compareTravelTimes,
  placeFor,
  stepsOf,
  takeOrder,
  travelTime,
  type Courier,
  type TravelTime,
} from './courier.ts'
import { assign, type Order } from './order.ts'

/** An order with its courier, both after the assignment. */
export type Assignment = Readonly<{ kind: 'assigned'; order: Order; courier: Courier; reason: AssignmentReason }>

/** The facts that explain an assignment to people. */
export type AssignmentReason = Readonly<{
  /** Steps until the courier arrives. */
  steps: number
  /** The place that carries the order. */
  storage_place: string
  /** Couriers that could have taken the order at that moment. */
  candidates: number
  /** How many steps sooner the courier arrives than the next candidate; below zero when another order needed that candidate. */
  steps_saved: number | null
}>

export type DispatchOutcome = Assignment | Refused<'no-couriers' | 'already-assigned' | 'no-suitable-courier'>

/**
 * Gives one order to the courier that delivers it soonest; the earlier of two equal ones wins. The parcel is with the
 * courier at once.
 */
export function dispatch(order: Order, couriers: readonly Courier[]): DispatchOutcome {
  if (couriers.length === 0) return { kind: 'refused', reason: 'no-couriers' }
  if (order.status !== 'created') return { kind: 'refused', reason: 'already-assigned' }
  let winner: Courier | undefined
  for (const courier of couriers)
    if (canTake(courier, order) && (!winner || compareTravelTimes(timeOf(courier, order), timeOf(winner, order)) < 0))
      winner = courier
  return winner ? assigned(order, winner, couriers) : { kind: 'refused', reason: 'no-suitable-courier' }
}

/** An order that waits, and for how many steps it has waited. */
export type WaitingOrder = Order & Readonly<{ waited: number }>

/**
 * A step of waiting counts as this many steps of travel when orders compete for couriers. Every order is preferred to all
 * that came much later, so none starves; near orders may still go first, which serves more of them.
 */
const weightOfWaiting = 0.25

/** Of two couriers that arrive at once, the one with the smaller place goes. It is less than any difference of times. */
const weightOfVolume = 1e-11

/**
 * Gives as many orders as possible to free couriers, one to each, with the least total time to deliver. Orders that fit
 * no courier stay behind and delay no other.
 */
export function assignBatch(orders: readonly WaitingOrder[], couriers: readonly Courier[]): readonly Assignment[] {
  const ordered = couriers.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const newest = Math.min(...orders.map(({ waited }) => waited))
  const costs = orders.map((order) =>
    ordered.map((courier) => costOf(courier, { ...order, waited: order.waited - newest })),
  )
  const chosen = minimumAssignment(costs)
  return orders.flatMap((order, i) => {
    const courier = chosen[i] === undefined ? undefined : ordered[chosen[i]]
    const outcome = courier && assigned(order, courier, ordered)
    return outcome && !isRefusal(outcome) ? [outcome] : []
  })
}

const timeOf = (courier: Courier, { location }: Order): TravelTime => travelTime(courier, location)

function costOf(courier: Courier, order: WaitingOrder): number {
  const place = placeFor(courier, order.volume)
  if (!place) return forbidden
  const { distance, speed } = timeOf(courier, order)
  return distance / speed - weightOfWaiting * order.waited + weightOfVolume * place.total_volume
}

function assigned(order: Order, courier: Courier, couriers: readonly Courier[]): DispatchOutcome {
  const withCourier = assign(order, courier.id)
  if (isRefusal(withCourier)) return withCourier
  const withOrder = takeOrder(courier, order)
  if (isRefusal(withOrder)) return { kind: 'refused', reason: 'no-suitable-courier' }
  return { kind: 'assigned', order: withCourier, courier: withOrder, reason: reasonOf(order, courier, couriers) }
}

function reasonOf(order: Order, courier: Courier, couriers: readonly Courier[]): AssignmentReason {
  const able = couriers.filter((each) => canTake(each, order))
  const steps = stepsOf(timeOf(courier, order))
  const others = able.filter(({ id }) => id !== courier.id).map((each) => stepsOf(timeOf(each, order)))
  return {
    steps,
    storage_place: placeFor(courier, order.volume)?.name ?? '',
    candidates: able.length,
    steps_saved: others.length === 0 ? null : Math.min(...others) - steps,
  }
}
