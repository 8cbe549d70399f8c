import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import { refusalOfPoint, type PickupPoint } from '../pickup-point.ts'
import type { ChangePickupPointBody, CreatePickupPointBody } from '../schema.ts'
import type { DeliveryTables, OpenPoints } from '../store.ts'

type Needs = Readonly<{ db: Kysely<DeliveryTables>; points: OpenPoints }>
type Tx = Transaction<DeliveryTables>

export type SavedPickupPoint = Readonly<{ kind: 'saved'; point: PickupPoint }>
type Wrong = NonNullable<ReturnType<typeof refusalOfPoint>>
export type CreatePickupPointOutcome = SavedPickupPoint | Wrong | Refused<'id-taken'>
export type ChangePickupPointOutcome = SavedPickupPoint | Wrong | NotFound

type CreateInput = CreatePickupPointBody & Readonly<{ operation_id: string }>
export type CreatePickupPoint = (
  input: CreateInput,
  storeResponse: StoreResponse<SavedPickupPoint>,
) => Promise<CreatePickupPointOutcome>
export type ChangePickupPoint = (id: string, change: ChangePickupPointBody) => Promise<ChangePickupPointOutcome>

/** Idempotent by id: a repeated request returns the pickup point that the first one created. */
export const createPickupPoint =
  ({ db, points }: Needs): CreatePickupPoint =>
  async ({ operation_id, id = operation_id, ...input }, storeResponse) => {
    const { lat = null, lng = null, position = 0, is_active = true, ...facts } = input
    const point: PickupPoint = { ...facts, id: id.toLowerCase(), lat, lng, position, is_active }
    const wrong = refusalOfPoint(point)
    if (wrong) return wrong
    const outcome = await transaction(db, async (tx): Promise<CreatePickupPointOutcome> => {
      if (!(await insertPoint(tx, point))) {
        const existing = await lockPoint(tx, point.id)
        const isSame = existing !== undefined && canonicalJson(existing) === canonicalJson(point)
        return isSame ? { kind: 'saved', point: existing } : { kind: 'refused', reason: 'id-taken' }
      }
      const saved = { kind: 'saved', point } as const
      await storeResponse(tx, saved)
      return saved
    })
    points.clear()
    return outcome
  }

/** `is_active: false` closes the point: it takes no further orders, and the orders that it has stay. */
export const changePickupPoint =
  ({ db, points }: Needs): ChangePickupPoint =>
  async (id, change) => {
    const outcome = await transaction(db, async (tx): Promise<ChangePickupPointOutcome> => {
      const before = await lockPoint(tx, id)
      if (!before) return notFound('pickup point')
      const point: PickupPoint = { ...before, ...change }
      const wrong = refusalOfPoint(point)
      if (wrong) return wrong
      await tx.updateTable('delivery.pickup_points').set(rowOf(point)).where('id', '=', point.id).execute()
      return { kind: 'saved', point }
    })
    points.clear()
    return outcome
  }

const rowOf = ({ name, address, hours, ...rest }: PickupPoint) => ({
  ...rest,
  name: JSON.stringify(name),
  address: JSON.stringify(address),
  hours: JSON.stringify(hours),
})

async function insertPoint(tx: Tx, point: PickupPoint): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.pickup_points')
    .values(rowOf(point))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

const lockPoint = (tx: Tx, id: string): Promise<PickupPoint | undefined> =>
  tx.selectFrom('delivery.pickup_points').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
