import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import { refusalOfPoint, type PickupPoint } from '../pickup-point.ts'
import type { ChangePickupPointBody } from '../schema.ts'
import { lockPickupPoint, updatePickupPoint, type OpenPoints } from '../store/pickup-points.ts'
import type { DeliveryDb } from '../store/tables.ts'

type Needs = Readonly<{ db: DeliveryDb; points: OpenPoints }>

export type ChangePickupPointOutcome =
  | Readonly<{ kind: 'changed'; point: PickupPoint }>
  | NonNullable<ReturnType<typeof refusalOfPoint>>
  | NotFound
export type ChangePickupPoint = (id: string, change: ChangePickupPointBody) => Promise<ChangePickupPointOutcome>

/** `is_active: false` closes the point: it takes no further orders, and the orders that it has stay. */
export const changePickupPoint =
  ({ db, points }: Needs): ChangePickupPoint =>
  async (id, change) => {
    const outcome = await transaction(db, async (tx): Promise<ChangePickupPointOutcome> => {
      const before = await lockPickupPoint(tx, id)
      if (!before) return notFound('pickup point')
      const point: PickupPoint = { ...before, ...change }
      const wrong = refusalOfPoint(point)
      if (wrong) return wrong
      await updatePickupPoint(tx, point)
      return { kind: 'changed', point }
    })
    points.clear()
    return outcome
  }
