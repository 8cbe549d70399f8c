import { afterCommit, transaction } from '#platform/db'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import { derivedId, type Clock } from '#platform/values'
import { newCourier, type Courier } from '../courier.ts'
import { drawLocation } from '../location.ts'
import { lockCourier, type CourseDb } from '../store.ts'

type CreateCourierInput = Readonly<{ id: string; name: string; speed: number }>
export type CreatedCourier = Readonly<{ kind: 'created'; courier: Courier }>
export type CreateCourierOutcome =
  | CreatedCourier
  | Refused<'name-missing' | 'speed-invalid' | 'volume-invalid' | 'id-taken'>
export type CreateCourier = (
  input: CreateCourierInput,
  storeResponse: StoreResponse<CreatedCourier>,
) => Promise<CreateCourierOutcome>

type Needs = Readonly<{ db: CourseDb; now: Clock; draw: (below: number) => number; wake: () => void }>

/** Creates a courier with a bag in a cell that is drawn. Idempotent by id. */
export const createCourier =
  ({ db, now, draw, wake }: Needs): CreateCourier =>
  async ({ id, name, speed }, storeResponse) => {
    const courier = newCourier({ id, name, speed, location: drawLocation(draw), bag_id: derivedId(id, 'bag') })
    if (isRefusal(courier)) return courier
    return await transaction(db, async (tx): Promise<CreateCourierOutcome> => {
      const { location, storage_places } = courier
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('dispatch.couriers')
        .values({ id, name, speed, location_x: location.x, location_y: location.y, created_at: now() })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) {
        const existing = await lockCourier(tx, id)
        return existing?.name === name && existing.speed === speed
          ? { kind: 'created', courier: existing }
          : { kind: 'refused', reason: 'id-taken' }
      }
      await tx
        .insertInto('dispatch.storage_places')
        .values(storage_places.map((place, position) => ({ ...place, position, courier_id: id })))
        .execute()
      const created = { kind: 'created', courier } as const
      await storeResponse(tx, created)
      afterCommit(tx, wake)
      return created
    })
  }
