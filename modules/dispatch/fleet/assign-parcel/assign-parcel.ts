import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { parcelAccepted } from '../../events.ts'
import { assignTo, unassign } from '../parcel.ts'
import { lockParcel, readParcel, saveParcel, type FleetDb, type NamedParcel } from '../store.ts'

/** If no courier is given, the parcel waits again. */
type AssignParcelInput = Readonly<{ id: string; courier_id: string | null }>
export type AssignParcelOutcome =
  | Readonly<{ kind: 'assigned'; parcel: NamedParcel }>
  | NotFound
  | Refused<'already-picked-up' | 'is-over'>
export type AssignParcel = (input: AssignParcelInput) => Promise<AssignParcelOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/** Staff choose the courier of a parcel, or take it from him. No offer replaces the choice of staff. */
export const assignParcel =
  ({ db, now, wake }: Needs): AssignParcel =>
  async ({ id, courier_id }) =>
    await transaction(db, async (tx): Promise<AssignParcelOutcome> => {
      const parcel = await lockParcel(tx, id)
      if (!parcel) return notFound('parcel')
      if (courier_id !== null && !(await isCourier(tx, courier_id))) return notFound('courier')
      const isRepeat = courier_id !== null && parcel.pinned && parcel.courier_id === courier_id
      if (isRepeat) return { kind: 'assigned', parcel: await readParcel(tx, id) }
      const decision = courier_id === null ? unassign(parcel) : assignTo(parcel, courier_id)
      if (decision.kind === 'refused') return decision
      if (decision.kind === 'changed') {
        await saveParcel(tx, parcel, { ...decision, at: now() })
        if (courier_id !== null)
          await publish(tx, [parcelAccepted({ parcel_id: id, order_id: parcel.order_id, courier_id })])
        afterCommit(tx, wake)
      }
      return { kind: 'assigned', parcel: await readParcel(tx, id) }
    })

const isCourier = async (db: FleetDb, id: string) =>
  (await db.selectFrom('dispatch.fleet_couriers').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
