import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { contentOf, type Storage } from '#platform/storage'
import { hours, newId, type Clock } from '#platform/values'
import { imageUploaded } from '../events.ts'
import { inspect, originalKey, type UnusableReason } from '../image.ts'
import type { EnqueueProcessing } from '../image-work.ts'
import type { ReadHeader } from '../processors/processor.ts'
import { maxImages } from '../schema.ts'
import {
  insertImage,
  insertUnreferenced,
  isGalleryDeleted,
  lockGallery,
  readImage,
  type ImageWithVariants,
  type MediaDb,
  type MediaTx,
  type Owner,
} from '../store.ts'

type Needs = Readonly<{
  db: MediaDb
  now: Clock
  storage: Pick<Storage, 'put'>
  readHeader: ReadHeader
  /** True for an owner who exists. */
  hasOwner: (owner: Owner) => Promise<boolean>
  enqueueProcessing: EnqueueProcessing
}>

type File = Readonly<{ path: string; byte_size: number; sha256: Buffer }>

export type UploadImageOutcome =
  | Readonly<{ kind: 'uploaded'; image: ImageWithVariants }>
  | NotFound
  | Refused<UnusableReason | 'too-many-images'>
export type UploadImage = (owner: Owner, file: File) => Promise<UploadImageOutcome>

/** The file of a dead upload is deleted after this time; no upload takes longer. */
const uploadTime = hours(1)

/** Stores an original and lets a worker make its variants. The same file of the same owner is the same image. */
export const uploadImage =
  ({ db, now, storage, readHeader, hasOwner, enqueueProcessing }: Needs): UploadImage =>
  async (owner, file) => {
    const header = await readHeader(file.path)
    if (!header) return { kind: 'refused', reason: 'unsupported-image' }
    const inspected = inspect(header)
    if (inspected.kind === 'refused') return inspected
    if (!(await hasOwner(owner))) return notFound(owner.owner_kind)
    const existing = await findByContent(db, owner, file.sha256)
    if (existing) return { kind: 'uploaded', image: await readImage(db, existing) }

    const { format, width, height } = inspected
    const id = newId()
    const key = originalKey(id, format)
    await insertUnreferenced(db, [key], new Date(now().getTime() + uploadTime))
    await storage.put(key, { body: contentOf(file.path), byte_size: file.byte_size })
    return await transaction(db, async (tx): Promise<UploadImageOutcome> => {
      await lockGallery(tx, owner)
      if (await isGalleryDeleted(tx, owner)) return notFound(owner.owner_kind)
      const other = await findByContent(tx, owner, file.sha256)
      if (other) return { kind: 'uploaded', image: await readImage(tx, other) }
      const { count, last } = await countImages(tx, owner)
      if (count >= maxImages) return { kind: 'refused', reason: 'too-many-images' }
      const size = { width, height, byte_size: file.byte_size }
      await referTo(tx, key)
      await insertImage(tx, {
        ...owner,
        ...size,
        id,
        position: last + 1,
        original_key: key,
        format,
        sha256: file.sha256,
        created_at: now(),
      })
      await enqueueProcessing(tx, { id, generation: 1 })
      await publish(tx, [imageUploaded({ image_id: id, ...owner, storage_key: key, format, ...size, generation: 1 })])
      return { kind: 'uploaded', image: await readImage(tx, id) }
    })
  }

async function findByContent(db: MediaDb, owner: Owner, sha256: Buffer): Promise<string | undefined> {
  const found = await db
    .selectFrom('media.images')
    .select('id')
    .where('owner_kind', '=', owner.owner_kind)
    .where('owner_id', '=', owner.owner_id)
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  return found?.id
}

const countImages = (tx: MediaTx, { owner_kind, owner_id }: Owner) =>
  tx
    .selectFrom('media.images')
    .select((eb) => [
      eb.fn.countAll<number>().as('count'),
      eb.fn.coalesce(eb.fn.max('position'), eb.lit(-1)).$castTo<number>().as('last'),
    ])
    .where('owner_kind', '=', owner_kind)
    .where('owner_id', '=', owner_id)
    .executeTakeFirstOrThrow()

/** Throws when the job that deletes unreferenced files has taken the file: the upload took longer than an hour. */
async function referTo(tx: MediaTx, key: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('media.unreferenced_files')
    .where('storage_key', '=', key)
    .where('is_deleting', '=', false)
    .executeTakeFirstOrThrow()
  if (numDeletedRows !== 1n) throw new Error(`The file ${key} was deleted before its image was saved`)
}
