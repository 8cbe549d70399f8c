import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import { imageFailed } from '../events.ts'
import type { FailImage, FailOutcome } from '../image-work.ts'
import { lockImage, readImage, type MediaDb } from '../store.ts'

export const failImage =
  ({ db }: Readonly<{ db: MediaDb }>): FailImage =>
  ({ image_id, generation, reason }) =>
    transaction(db, async (tx): Promise<FailOutcome> => {
      const image = await lockImage(tx, image_id)
      if (!image) return notFound('image')
      const isRepeat = image.status === 'failed' && image.reason === reason
      if (image.generation === generation && isRepeat) return { kind: 'failed', image }
      if (image.generation !== generation || image.status !== 'pending')
        return { kind: 'refused', reason: 'not-pending' }
      await tx.updateTable('media.images').set({ status: 'failed', reason }).where('id', '=', image_id).execute()
      const { owner_kind, owner_id } = image
      await publish(tx, [imageFailed({ image_id, owner_kind, owner_id, reason })])
      return { kind: 'failed', image: await readImage(tx, image_id) }
    })
