import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { FleetDb, Photo } from '../store.ts'

/** If `user_id` is given, the parcel must belong to that customer. */
type PhotosOf = Readonly<{ parcel_id?: string; order_id?: string; user_id?: string }>
type FoundPhotos = Readonly<{ kind: 'found'; photos: readonly Photo[] }>
export type ListPhotos = (of: PhotosOf) => Promise<FoundPhotos | NotFound>

type Needs = Readonly<{ db: FleetDb }>

/** The photographs of one parcel, the oldest first. */
export const listPhotos =
  ({ db }: Needs): ListPhotos =>
  async ({ parcel_id = null, order_id = null, user_id = null }) => {
    const { rows: parcels } = await sql<{ id: string }>`
      select id from dispatch.parcels
      where (id = ${parcel_id} or order_id = ${order_id}) and (${user_id}::uuid is null or user_id = ${user_id})
    `.execute(db)
    if (!parcels[0]) return notFound('parcel')
    const { rows: photos } = await sql<Photo>`
      select * from dispatch.parcel_photos where parcel_id = ${parcels[0].id} and stored_at is not null
      order by taken_at, id`.execute(db)
    return { kind: 'found', photos }
  }
