import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { imageUploaded } from '../events.ts'
import type { EnqueueProcessing } from '../image-work.ts'
import { lockImage, readImage, type ImageWithVariants, type MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; enqueueProcessing: EnqueueProcessing }>

export type RetryImageOutcome =
  | Readonly<{ kind: 'pending'; image: ImageWithVariants }>
  | NotFound
  | Refused<'not-failed'>
export type RetryImage = (id: string) => Promise<RetryImageOutcome>

/** Lets a worker try a failed image again, under new keys. A second request finds it pending already. */
export const retryImage =
  ({ db, enqueueProcessing }: Needs): RetryImage =>
  (id) =>
    transaction(db, async (tx): Promise<RetryImageOutcome> => {
      const image = await lockImage(tx, id)
      if (!image) return notFound('image')
      if (image.status === 'pending') return { kind: 'pending', image }
      if (image.status !== 'failed') return { kind: 'refused', reason: 'not-failed' }
      const generation = image.generation + 1
      await tx.deleteFrom('media.image_variants').where('image_id', '=', id).execute()
      await tx
        .updateTable('media.images')
        .set({ status: 'pending', reason: null, generation, unfinished_attempts: 0 })
        .where('id', '=', id)
        .execute()
      await enqueueProcessing(tx, { id, generation })
      const { owner_kind, owner_id, original_key: storage_key, format, width, height, byte_size } = image
      const facts = { owner_kind, owner_id, storage_key, format, width, height, byte_size }
      await publish(tx, [imageUploaded({ image_id: id, ...facts, generation })])
      return { kind: 'pending', image: await readImage(tx, id) }
    })
