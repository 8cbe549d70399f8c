import { sql } from 'kysely'
import { afterCommit, transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { parcelAccepted } from '../../events.ts'
import { assignTo, unassign } from '../parcel.ts'
import { lockParcel, readParcel, saveParcel, type FleetCourier, type FleetDb, type NamedParcel } from '../store.ts'

/** If no courier is given, the parcel waits again. */
type AssignParcelInput = Readonly<{ id: string; courier_id: string | null }>
export type AssignParcelOutcome =
  | Readonly<{ kind: 'assigned'; parcel: NamedParcel }>
  | NotFound
  | Refused<'already-picked-up' | 'is-over' | 'may-not-deliver'>
export type AssignParcel = (input: AssignParcelInput) => Promise<AssignParcelOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/**
 * Staff choose the courier of a parcel, or take it from him. No offer replaces the choice of staff. A courier who may not deliver
 * gets none.
 */
export const assignParcel =
  ({ db, now, wake }: Needs): AssignParcel =>
  async ({ id, courier_id }) =>
    await transaction(db, async (tx): Promise<AssignParcelOutcome> => {
      const courier = courier_id === null ? undefined : await lockCourier(tx, courier_id)
      const parcel = await lockParcel(tx, id)
      if (!parcel) return notFound('parcel')
      if (courier_id !== null && !courier) return notFound('courier')
      const isRepeat = courier_id !== null && parcel.pinned && parcel.courier_id === courier_id
      if (isRepeat) return { kind: 'assigned', parcel: await readParcel(tx, id) }
      const decision = courier ? assignTo(parcel, courier) : unassign(parcel)
      if (decision.kind === 'refused') return decision
      if (decision.kind === 'changed') {
        await saveParcel(tx, parcel, { ...decision, at: now() })
        if (courier_id !== null)
          await publish(tx, [parcelAccepted({ parcel_id: id, order_id: parcel.order_id, courier_id })])
        afterCommit(tx, wake)
      }
      return { kind: 'assigned', parcel: await readParcel(tx, id) }
    })

/** `follow-account` waits until the parcel has its courier, and then takes it from one who may no longer deliver. */
async function lockCourier(tx: AnyTx, id: string): Promise<Pick<FleetCourier, 'id' | 'may_deliver'> | undefined> {
  const { rows } = await sql<Pick<FleetCourier, 'id' | 'may_deliver'>>`
    select id, may_deliver from dispatch.fleet_couriers where id = ${id} for share`.execute(tx)
  return rows[0]
}
