import { sql, type Generated, type Insertable, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { PayloadOf } from '#platform/events'
import type { galleryChanged } from './events.ts'
import { keysOf } from './image.ts'
import type { ImageFormat, ImageStatus, OwnerKind, VariantName } from './schema.ts'

type Images = {
  id: string
  owner_kind: OwnerKind
  owner_id: string
  position: number
  status: ImageStatus
  reason: string | null
  original_key: string
  format: ImageFormat
  width: number
  height: number
  byte_size: number
  sha256: Buffer
  generation: Generated<number>
  unfinished_attempts: Generated<number>
  created_at: Date
  processed_at: Date | null
}

export type VariantRow = {
  image_id: string
  variant: VariantName
  storage_key: string
  format: 'webp'
  width: number
  height: number
  byte_size: number
}

type MediaTables = {
  'media.galleries': { owner_kind: OwnerKind; owner_id: string; revision: number; deleted_at: Date | null }
  'media.images': Images
  'media.image_variants': VariantRow
  'media.unreferenced_files': { storage_key: string; delete_after: Date; is_deleting: Generated<boolean> }
}

export type MediaDb = Kysely<MediaTables>
export type MediaTx = Transaction<MediaTables>
export type Image = Selectable<Images>
export type ImageWithVariants = Image & Readonly<{ variants: readonly Omit<VariantRow, 'image_id'>[] }>

/** The owner of images. */
export type Owner = Readonly<{ owner_kind: OwnerKind; owner_id: string }>

/** Locks the images of an owner and returns the number of this change. */
export async function lockGallery(tx: MediaTx, { owner_kind, owner_id }: Owner): Promise<number> {
  const { revision } = await tx
    .insertInto('media.galleries')
    .values({ owner_kind, owner_id, revision: 1, deleted_at: null })
    .onConflict((conflict) =>
      conflict.columns(['owner_kind', 'owner_id']).doUpdateSet({ revision: sql`media.galleries.revision + 1` }),
    )
    .returning('revision')
    .executeTakeFirstOrThrow()
  return revision
}

/** Marks a locked gallery: its owner is gone. */
export async function markGalleryDeleted(tx: AnyTx, { owner_kind, owner_id }: Owner, at: Date): Promise<void> {
  await sql`
    update media.galleries set deleted_at = coalesce(deleted_at, ${at})
    where owner_kind = ${owner_kind} and owner_id = ${owner_id}`.execute(tx)
}

/** Whether the owner of a locked gallery is gone. */
export async function isGalleryDeleted(tx: MediaTx, { owner_kind, owner_id }: Owner): Promise<boolean> {
  const { rows } = await sql`
    select from media.galleries
    where owner_kind = ${owner_kind} and owner_id = ${owner_id} and deleted_at is not null`.execute(tx)
  return rows.length > 0
}

export const findImage = (db: MediaDb, id: string): Promise<Image | undefined> =>
  db.selectFrom('media.images').selectAll().where('id', '=', id).executeTakeFirst()

type NewImage = Omit<Insertable<Images>, 'status' | 'reason' | 'processed_at'>

/** Inserts an image whose variants a worker makes. */
export async function insertImage(tx: MediaTx, image: NewImage): Promise<void> {
  await tx
    .insertInto('media.images')
    .values({ ...image, status: 'pending' })
    .execute()
}

const variants = sql<ImageWithVariants['variants']>`coalesce((
  select jsonb_agg(jsonb_build_object('variant', variant.variant, 'storage_key', variant.storage_key, 'format', variant.format,
    'width', variant.width, 'height', variant.height, 'byte_size', variant.byte_size) order by variant.width * variant.height, variant.variant)
  from media.image_variants variant where variant.image_id = media.images.id), '[]')`

const withVariants = (db: MediaDb) => db.selectFrom('media.images').selectAll().select(variants.as('variants'))

/** The images of an owner in their order, each with its variants. */
export const listImages = (db: MediaDb, { owner_kind, owner_id }: Owner) =>
  withVariants(db)
    .where('owner_kind', '=', owner_kind)
    .where('owner_id', '=', owner_id)
    .orderBy('position')
    .orderBy('id')
    .execute()

export const readImage = (db: MediaDb, id: string): Promise<ImageWithVariants> =>
  withVariants(db).where('id', '=', id).executeTakeFirstOrThrow()

/** Locks an image. A writer that changes what the owner shows locks the gallery first. */
export async function lockImage(tx: MediaTx, id: string): Promise<ImageWithVariants | undefined> {
  const locked = await tx.selectFrom('media.images').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
  return locked && (await readImage(tx, id))
}

type Gallery = PayloadOf<typeof galleryChanged>

/** The images of a locked owner, for the event of its change. `urlOf` makes the address of a file. */
export async function readGallery(
  tx: MediaTx,
  { owner_kind, owner_id, revision }: Owner & Readonly<{ revision: number }>,
  urlOf: (key: string) => string,
): Promise<Gallery> {
  const images = await listImages(tx, { owner_kind, owner_id })
  return {
    owner_kind,
    owner_id,
    revision,
    images: images
      .filter(({ status }) => status === 'processed')
      .map(({ id, variants }) => ({
        id,
        variants: variants.map((variant) => ({ ...variant, url: urlOf(variant.storage_key) })),
      })),
  }
}

/** Records files that no row names, so that a job deletes them after this moment. */
export async function insertUnreferenced(db: MediaDb, keys: readonly string[], delete_after: Date): Promise<void> {
  if (keys.length === 0) return
  await db
    .insertInto('media.unreferenced_files')
    .values(keys.map((storage_key) => ({ storage_key, delete_after })))
    .onConflict((conflict) => conflict.column('storage_key').doUpdateSet({ delete_after }))
    .execute()
}

/** Deletes an image; its files are deleted after `delete_after`, when no page shows them any more. */
export async function deleteRow(tx: MediaTx, image: Image, delete_after: Date): Promise<void> {
  await tx.deleteFrom('media.images').where('id', '=', image.id).execute()
  await insertUnreferenced(tx, keysOf(image), delete_after)
}

/** Deletes all images of a locked owner; their files are deleted after `delete_after`. */
export async function deleteImages(tx: MediaTx, owner: Owner, delete_after: Date): Promise<void> {
  const images = await tx
    .deleteFrom('media.images')
    .where('owner_kind', '=', owner.owner_kind)
    .where('owner_id', '=', owner.owner_id)
    .returningAll()
    .execute()
  await insertUnreferenced(tx, images.flatMap(keysOf), delete_after)
}
