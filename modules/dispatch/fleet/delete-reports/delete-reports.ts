import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { FleetDb } from '../store.ts'

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  /** Milliseconds for which positions are stored. */
  positionRetention: number
}>

/** Deletes the positions that are older than their retention. */
export const deletePositions =
  ({ db, now, positionRetention }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`
        delete from dispatch.positions where (courier_id, at) in (
          select courier_id, at from dispatch.positions where at < ${after(now(), -positionRetention)} limit ${limit})
      `.execute(db),
    )

/** A telephone that was off for a week has nothing left to report. */
const reportRetention = days(7)

/** Deletes the reports that no courier repeats any more. */
export const deleteReports =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`
        delete from dispatch.courier_reports where (courier_id, id) in (
          select courier_id, id from dispatch.courier_reports
          where received_at < ${after(now(), -reportRetention)} limit ${limit})
      `.execute(db),
    )
