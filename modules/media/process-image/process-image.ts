import { buffer } from 'node:stream/consumers'
import { sql } from 'kysely'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { maxUnfinishedAttempts, variantKey, variantSpecs } from '../image.ts'
import type { ImageProcessor, MadeVariant } from '../processors/processor.ts'
import type { FailImage, SaveVariants } from '../image-work.ts'
import { insertUnreferenced, type Image, type MediaDb } from '../store.ts'

type Needs = Readonly<{
  db: MediaDb
  now: Clock
  storage: Pick<Storage, 'get' | 'put'>
  processor: ImageProcessor
  saveVariants: SaveVariants
  failImage: FailImage
}>

type Work = Readonly<{ image_id: string; generation: number }>
export type ProcessImage = (work: Work, signal: AbortSignal) => Promise<void>

/**
 * Makes the variants of a pending image and stores them. A fault of the image ends its status; an outage throws, and the job
 * is tried again. An image in which the process died three times is given up, so that it cannot end the program for ever.
 */
export const processImage =
  (needs: Needs): ProcessImage =>
  async (work, signal) => {
    const image = await beginAttempt(needs.db, work)
    if (!image) return
    if (image.unfinished_attempts > maxUnfinishedAttempts)
      return void (await needs.failImage({ ...work, reason: 'worker-died' }))
    try {
      await makeVariants(needs, image, signal)
    } catch (error) {
      await endAttempt(needs.db, image)
      throw error
    }
  }

async function makeVariants(needs: Needs, image: Image, signal: AbortSignal): Promise<void> {
  const { db, now, storage, processor, saveVariants, failImage } = needs
  const work = { image_id: image.id, generation: image.generation }
  const found = await storage.get(image.original_key)
  if (found.kind !== 'found') return void (await failImage({ ...work, reason: 'original-missing' }))
  const outcome = await processor({ original: await buffer(found.body), specs: variantSpecs, signal })
  if (outcome.kind === 'refused') return void (await failImage({ ...work, reason: outcome.reason }))
  for (const { variant, body } of outcome.variants)
    await storage.put(variantKey(image, variant), { body, byte_size: body.length })
  crashPoint('after-variants.before-save')
  const rows = outcome.variants.map((variant) => rowOf(image, variant))
  const saved = await saveVariants({ ...work, variants: rows })
  // Staff deleted the image in the meantime, so that no row names its new files.
  if (saved.kind === 'not-found')
    await insertUnreferenced(
      db,
      rows.map(({ storage_key }) => storage_key),
      now(),
    )
}

const rowOf = (image: Image, { variant, width, height, body }: MadeVariant) => ({
  image_id: image.id,
  variant,
  storage_key: variantKey(image, variant),
  format: 'webp' as const,
  width,
  height,
  byte_size: body.length,
})

/** Undefined when the image is gone, or is not pending in this generation any more. */
const beginAttempt = (db: MediaDb, { image_id, generation }: Work): Promise<Image | undefined> =>
  db
    .updateTable('media.images')
    .set({ unfinished_attempts: sql`unfinished_attempts + 1` })
    .where('id', '=', image_id)
    .where('generation', '=', generation)
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst()

const endAttempt = (db: MediaDb, { id, generation }: Image) =>
  db
    .updateTable('media.images')
    .set({ unfinished_attempts: sql`unfinished_attempts - 1` })
    .where('id', '=', id)
    .where('generation', '=', generation)
    .execute()
