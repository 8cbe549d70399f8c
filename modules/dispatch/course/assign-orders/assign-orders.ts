import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../../crash-points.ts'
import { courseOrderAssigned } from '../../events.ts'
import { assignBatch, type Assignment } from '../dispatcher.ts'
import {
  lockAssignment,
  lockFreeCouriers,
  lockWaitingOrders,
  saveAssignments,
  type CourseDb,
  type StoredCourier,
  type StoredOrder,
} from '../store.ts'

/** Returns how many orders got a courier. Nothing to do is no failure. */
export type AssignOrders = () => Promise<number>

type Needs = Readonly<{
  db: CourseDb
  now: Clock
  /** Milliseconds of a step of the couriers. */
  step: number
}>

/** Couriers of one run. The next run continues at once when it was full. */
const maxCouriers = 200
const maxOrders = 500

/** Gives waiting orders to free couriers, all of them in one run and each to one courier. */
export const assignOrders =
  ({ db, now, step }: Needs): AssignOrders =>
  async () =>
    await transaction(db, async (tx) => {
      await lockAssignment(tx)
      const couriers = await lockFreeCouriers(tx, maxCouriers)
      if (couriers.length === 0) return 0
      const candidates = Math.min(maxOrders, Math.max(50, 2 * couriers.length))
      const orders = await lockWaitingOrders(tx, capacitiesOf(couriers), candidates)
      const at = now()
      const batch = assignBatch(
        orders.map((order) => ({ ...order, waited: (at.getTime() - order.created_at.getTime()) / Math.max(1, step) })),
        couriers,
      )
      if (batch.length === 0) return 0
      await saveAssignments(tx, rowsOf(batch, orders), at)
      await publish(tx, batch.map(eventOf))
      crashPoint('assigned.before-commit')
      return batch.length
    })

/** The volumes of the largest places, without repeats. */
const capacitiesOf = (couriers: readonly StoredCourier[]): readonly number[] => [
  ...new Set(couriers.map(({ storage_places }) => Math.max(0, ...storage_places.map((place) => place.total_volume)))),
]

function rowsOf(batch: readonly Assignment[], orders: readonly StoredOrder[]) {
  const versions = new Map(orders.map(({ id, version }) => [id, version]))
  return batch.map(({ order, courier, reason }) => ({
    order: { ...order, version: versions.get(order.id)! },
    place_id: courier.storage_places.find(({ order_id }) => order_id === order.id)!.id,
    reason,
  }))
}

const eventOf = ({ order, courier, reason }: Assignment) =>
  courseOrderAssigned({ order_id: order.id, courier_id: courier.id, steps: reason.steps })
