import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import { refusalOfPoint, type PickupPoint } from '../pickup-point.ts'
import type { CreatePickupPointBody } from '../schema.ts'
import { insertPickupPoint, lockPickupPoint, type OpenPoints } from '../store/pickup-points.ts'
import type { DeliveryDb } from '../store/tables.ts'

type Needs = Readonly<{ db: DeliveryDb; points: OpenPoints }>

type CreatePickupPointInput = CreatePickupPointBody & Readonly<{ operation_id: string }>
export type CreatedPickupPoint = Readonly<{ kind: 'created'; point: PickupPoint }>
export type CreatePickupPointOutcome =
  | CreatedPickupPoint
  | NonNullable<ReturnType<typeof refusalOfPoint>>
  | Refused<'id-taken'>
export type CreatePickupPoint = (
  input: CreatePickupPointInput,
  storeResponse: StoreResponse<CreatedPickupPoint>,
) => Promise<CreatePickupPointOutcome>

/** Idempotent by id: a repeated request returns the pickup point that the first one created. */
export const createPickupPoint =
  ({ db, points }: Needs): CreatePickupPoint =>
  async (input, storeResponse) => {
    const point = pointOf(input)
    const wrong = refusalOfPoint(point)
    if (wrong) return wrong
    const outcome = await transaction(db, async (tx): Promise<CreatePickupPointOutcome> => {
      if (!(await insertPickupPoint(tx, point))) {
        const existing = await lockPickupPoint(tx, point.id)
        const isSame = existing !== undefined && canonicalJson(existing) === canonicalJson(point)
        return isSame ? { kind: 'created', point: existing } : { kind: 'refused', reason: 'id-taken' }
      }
      const created = { kind: 'created', point } as const
      await storeResponse(tx, created)
      return created
    })
    points.clear()
    return outcome
  }

function pointOf({ operation_id, id = operation_id, ...input }: CreatePickupPointInput): PickupPoint {
  const { lat = null, lng = null, position = 0, is_active = true, ...facts } = input
  return { ...facts, id: id.toLowerCase(), lat, lng, position, is_active }
}
