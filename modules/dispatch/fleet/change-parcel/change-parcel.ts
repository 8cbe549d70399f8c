import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { isOpen } from '../parcel.ts'
import type { ChangeParcelBody } from '../schema.ts'
import { lockParcel, readParcel, type FleetDb, type NamedParcel } from '../store.ts'

type ChangeParcelInput = ChangeParcelBody & Readonly<{ id: string }>
export type ChangeParcelOutcome =
  | Readonly<{ kind: 'changed'; parcel: NamedParcel }>
  | NotFound
  | Refused<'is-over' | 'wrong-window'>
export type ChangeParcel = (input: ChangeParcelInput) => Promise<ChangeParcelOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/**
 * Staff promise another window, correct the volume that was guessed from the weight, or say which skills its courier needs. The
 * routes are planned again; a courier who has accepted the parcel keeps it.
 */
export const changeParcel =
  ({ db, now, wake }: Needs): ChangeParcel =>
  async ({ id, window, ...body }) =>
    await transaction(db, async (tx): Promise<ChangeParcelOutcome> => {
      const parcel = await lockParcel(tx, id)
      if (!parcel) return notFound('parcel')
      if (!isOpen(parcel)) return { kind: 'refused', reason: 'is-over' }
      const [from, to] = window ? [new Date(window.from), new Date(window.to)] : [parcel.window_from, parcel.window_to]
      if (from >= to) return { kind: 'refused', reason: 'wrong-window' }
      const { volume_litres = parcel.volume_litres, required_skills = parcel.required_skills } = body
      await sql`
        update dispatch.parcels
        set window_from = ${from}, window_to = ${to}, volume_litres = ${volume_litres},
            required_skills = ${required_skills}::text[],
            updated_at = ${now()}, version = version + 1
        where id = ${id}`.execute(tx)
      afterCommit(tx, wake)
      return { kind: 'changed', parcel: await readParcel(tx, id) }
    })
