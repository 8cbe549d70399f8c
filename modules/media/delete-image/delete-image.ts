import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import { galleryChanged } from '../events.ts'
import { filesDueAt } from '../image.ts'
import { deleteRow, findImage, lockGallery, lockImage, readGallery, type MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; now: Clock; storage: Pick<Storage, 'publicUrl'> }>

type DeleteImageOutcome = Readonly<{ kind: 'deleted' }> | NotFound
export type DeleteImage = (id: string) => Promise<DeleteImageOutcome>

/** Deletes an image; its files follow two hours later. */
export const deleteImage =
  ({ db, now, storage }: Needs): DeleteImage =>
  async (id) => {
    const owner = await findImage(db, id)
    if (!owner) return notFound('image')
    return await transaction(db, async (tx): Promise<DeleteImageOutcome> => {
      const { owner_kind, owner_id } = owner
      const revision = await lockGallery(tx, owner)
      const image = await lockImage(tx, id)
      if (!image) return notFound('image')
      await deleteRow(tx, image, filesDueAt(now()))
      if (image.status === 'processed')
        await publish(tx, [
          galleryChanged(await readGallery(tx, { owner_kind, owner_id, revision }, storage.publicUrl)),
        ])
      return { kind: 'deleted' }
    })
  }
