import { open } from 'node:fs/promises'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { contentOf, type Storage } from '#platform/storage'
import { newId, type Clock } from '#platform/values'
import { extensionOf, maxPhotos, photoKey } from '../photo.ts'
import type { ProofKind } from '../schema.ts'
import { lockParcel, type FleetDb, type Photo } from '../store.ts'

type File = Readonly<{ path: string; byte_size: number; sha256: Buffer }>
type SavePhotoInput = Readonly<{ parcel_id: string; courier_id: string; kind: ProofKind; file: File }>
export type SavePhotoOutcome =
  | Readonly<{ kind: 'saved'; photo: Photo }>
  | NotFound
  | Refused<'unsupported-image' | 'not-picked-up' | 'too-many-photos'>
export type SavePhoto = (input: SavePhotoInput) => Promise<SavePhotoOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; storage: Pick<Storage, 'put'> }>

/**
 * Saves a photograph or a signature that proves a delivery, or why there was none. The row exists before the file: a job finds and deletes
 * the file of a process that died. The same file of the same parcel is the same photograph.
 */
export const savePhoto =
  ({ db, now, storage }: Needs): SavePhoto =>
  async ({ file, ...input }) => {
    const extension = extensionOf(await headOf(file.path))
    if (!extension) return { kind: 'refused', reason: 'unsupported-image' }
    const storage_key = photoKey(input.parcel_id, file.sha256, extension)
    const outcome = await insertPhoto(db, { ...input, file, storage_key, taken_at: now() })
    if (outcome.kind !== 'saved' || outcome.photo.stored_at !== null) return outcome
    await storage.put(storage_key, { body: contentOf(file.path), byte_size: file.byte_size })
    const { rows } = await sql<Photo>`
      update dispatch.parcel_photos set stored_at = coalesce(stored_at, ${now()}) where id = ${outcome.photo.id}
      returning *`.execute(db)
    return rows[0] ? { kind: 'saved', photo: rows[0] } : notFound('photo')
  }

type NewPhoto = SavePhotoInput & Readonly<{ storage_key: string; taken_at: Date }>

const insertPhoto = (db: FleetDb, { parcel_id, courier_id, kind, file, storage_key, taken_at }: NewPhoto) =>
  transaction(db, async (tx): Promise<SavePhotoOutcome> => {
    const parcel = await lockParcel(tx, parcel_id)
    if (!parcel || parcel.courier_id !== courier_id) return notFound('parcel')
    const { rows } = await sql<Photo>`
      select * from dispatch.parcel_photos where parcel_id = ${parcel_id} order by taken_at, id`.execute(tx)
    const same = rows.find(({ sha256 }) => sha256.equals(file.sha256))
    if (same) return { kind: 'saved', photo: same }
    if (parcel.status !== 'picked_up') return { kind: 'refused', reason: 'not-picked-up' }
    if (rows.length >= maxPhotos) return { kind: 'refused', reason: 'too-many-photos' }
    const { byte_size, sha256 } = file
    const photo = {
      id: newId(),
      parcel_id,
      courier_id,
      kind,
      storage_key,
      sha256,
      byte_size,
      taken_at,
      stored_at: null,
    }
    await tx.insertInto('dispatch.parcel_photos').values(photo).execute()
    return { kind: 'saved', photo }
  })

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
