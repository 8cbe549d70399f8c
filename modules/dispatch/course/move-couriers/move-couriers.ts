import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../../crash-points.ts'
import { courseOrderCompleted } from '../../events.ts'
import { move } from '../courier.ts'
import { isSameCell } from '../location.ts'
import { lockBusyCouriers, saveMoves, takeTick, type CourseDb, type StoredCourier, type StoredOrder } from '../store.ts'

/** `remaining`: assigned orders that are still on the way. */
export type MoveOutcome =
  | Readonly<{ kind: 'moved'; completed: number; remaining: number }>
  | Readonly<{ kind: 'not-due' }>
export type MoveCouriers = () => Promise<MoveOutcome>

type Needs = Readonly<{
  db: CourseDb
  now: Clock
  /** Milliseconds of a step of the couriers. */
  step: number
  wake: () => void
}>

/** Moves every busy courier by one step, once, whatever it carries. Orders at its cell are then completed. */
export const moveCouriers =
  ({ db, now, step, wake }: Needs): MoveCouriers =>
  async () =>
    await transaction(db, async (tx): Promise<MoveOutcome> => {
      if (!(await takeTick(tx, 'move', step))) return { kind: 'not-due' }
      const busy = await lockBusyCouriers(tx)
      const moves = busy.map(moved)
      if (moves.length > 0) await saveMoves(tx, moves, now())
      const completed = moves.flatMap(({ courier, completed: ids }) =>
        ids.map((order_id) => courseOrderCompleted({ order_id, courier_id: courier.id })),
      )
      await publish(tx, completed)
      crashPoint('moved.before-commit')
      if (completed.length > 0) afterCommit(tx, wake)
      const assigned = busy.reduce((sum, { orders }) => sum + orders.length, 0)
      return { kind: 'moved', completed: completed.length, remaining: assigned - completed.length }
    })

type Busy = Readonly<{ courier: StoredCourier; orders: readonly StoredOrder[] }>

/** A courier goes to its oldest order, and completes all orders of the cell that it reaches. */
function moved({ courier, orders }: Busy) {
  const target = orders[0]?.location ?? courier.location
  const there = { ...courier, ...move(courier, target) }
  const completed = orders.filter(({ location }) => isSameCell(location, there.location)).map(({ id }) => id)
  return { courier: there, completed }
}
