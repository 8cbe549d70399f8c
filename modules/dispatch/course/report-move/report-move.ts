import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import { locationOf } from '../location.ts'
import { lockCourier, type CourseDb, type StoredCourier } from '../store.ts'

type ReportMoveInput = Readonly<{ courier_id: string; x: number; y: number }>
export type ReportMoveOutcome =
  | Readonly<{ kind: 'moved'; courier: StoredCourier }>
  | NotFound
  | Refused<'location-out-of-range'>
export type ReportMove = (input: ReportMoveInput) => Promise<ReportMoveOutcome>

/** A courier reports its cell; any cell of the grid is accepted. */
export const reportMove =
  ({ db }: Readonly<{ db: CourseDb }>): ReportMove =>
  async ({ courier_id, x, y }) => {
    const location = locationOf(x, y)
    if (isRefusal(location)) return location
    return await transaction(db, async (tx): Promise<ReportMoveOutcome> => {
      const courier = await lockCourier(tx, courier_id)
      if (!courier) return notFound('courier')
      await sql`
        update dispatch.couriers set location_x = ${x}, location_y = ${y}, version = version + 1
        where id = ${courier_id}`.execute(tx)
      return { kind: 'moved', courier: { ...courier, location } }
    })
  }
