import { sql } from 'kysely'
import type { DeleteBatch } from '#platform/jobs'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import type { MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; now: Clock; storage: Pick<Storage, 'delete'> }>

/** Deletes files that no row names, and are due: of deleted images, and of uploads whose process died. */
export const deleteFiles =
  ({ db, now, storage }: Needs): DeleteBatch =>
  async (limit) => {
    // The mark keeps an upload from naming a file that is about to be deleted.
    const { rows } = await sql<{ storage_key: string }>`
      update media.unreferenced_files set is_deleting = true
      where storage_key in (
        select storage_key from media.unreferenced_files where delete_after <= ${now()}
        order by delete_after limit ${limit} for update skip locked)
      returning storage_key
    `.execute(db)
    for (const { storage_key } of rows) {
      await storage.delete(storage_key)
      await db.deleteFrom('media.unreferenced_files').where('storage_key', '=', storage_key).execute()
    }
    return rows.length
  }
