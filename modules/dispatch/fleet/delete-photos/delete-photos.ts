import { sql } from 'kysely'
import type { DeleteBatch } from '#platform/jobs'
import type { Storage } from '#platform/storage'
import { after, type Clock } from '#platform/values'
import type { FleetDb } from '../store.ts'

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  storage: Pick<Storage, 'delete'>
  /** Milliseconds for which photographs are stored. */
  photoRetention: number
}>

/** Deletes the photographs that are older than their retention: first the file, then the row that names it. */
export const deletePhotos =
  ({ db, now, storage, photoRetention }: Needs): DeleteBatch =>
  async (limit) => {
    const { rows } = await sql<{ id: string; storage_key: string }>`
      select id, storage_key from dispatch.parcel_photos where taken_at < ${after(now(), -photoRetention)}
      order by taken_at limit ${limit}`.execute(db)
    for (const { id, storage_key } of rows) {
      await storage.delete(storage_key)
      await sql`delete from dispatch.parcel_photos where id = ${id}`.execute(db)
    }
    return rows.length
  }
