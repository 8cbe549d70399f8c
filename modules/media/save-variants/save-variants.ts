import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import { galleryChanged, imageProcessed } from '../events.ts'
import type { SaveVariants, SaveVariantsOutcome } from '../image-work.ts'
import { variantNames } from '../schema.ts'
import { findImage, lockGallery, lockImage, readGallery, readImage, type MediaDb, type VariantRow } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; now: Clock; storage: Pick<Storage, 'publicUrl'> }>

/** Saves variants whose files are in the storage, once for each image and variant. The third one completes the image. */
export const saveVariants =
  ({ db, now, storage }: Needs): SaveVariants =>
  async ({ image_id, generation, variants }) => {
    const owner = await findImage(db, image_id)
    if (!owner) return notFound('image')
    return await transaction(db, async (tx): Promise<SaveVariantsOutcome> => {
      const revision = await lockGallery(tx, owner)
      const image = await lockImage(tx, image_id)
      if (!image) return notFound('image')
      const known = new Map(image.variants.map((variant) => [variant.variant, variant]))
      const isOther = (row: VariantRow) => known.has(row.variant) && !isSame(row, known.get(row.variant))
      if (image.generation !== generation) return { kind: 'refused', reason: 'not-pending' }
      if (variants.some(isOther)) return { kind: 'refused', reason: 'variant-delivered' }
      const added = variants.filter(({ variant }) => !known.has(variant))
      if (added.length === 0) return { kind: 'saved', image }
      if (image.status !== 'pending') return { kind: 'refused', reason: 'not-pending' }
      await tx
        .insertInto('media.image_variants')
        .values([...added])
        .execute()
      if (known.size + added.length < variantNames.length)
        return { kind: 'saved', image: await readImage(tx, image_id) }
      await tx
        .updateTable('media.images')
        .set({ status: 'processed', processed_at: now(), unfinished_attempts: 0 })
        .where('id', '=', image_id)
        .execute()
      const processed = await readImage(tx, image_id)
      const { owner_kind, owner_id } = processed
      await publish(tx, [
        imageProcessed({ image_id, owner_kind, owner_id, variants: [...processed.variants] }),
        galleryChanged(await readGallery(tx, { owner_kind, owner_id, revision }, storage.publicUrl)),
      ])
      return { kind: 'saved', image: processed }
    })
  }

const isSame = (row: VariantRow, known: Omit<VariantRow, 'image_id'> | undefined): boolean =>
  known !== undefined &&
  (['storage_key', 'format', 'width', 'height', 'byte_size'] as const).every((fact) => row[fact] === known[fact])
