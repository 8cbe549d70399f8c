import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import { hours, type Clock } from '#platform/values'
import { galleryChanged } from '../events.ts'
import { deleteRow, findImage, lockGallery, lockImage, readGallery, type MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; now: Clock; storage: Pick<Storage, 'publicUrl'> }>

type DeleteImageOutcome = Readonly<{ kind: 'deleted' }> | NotFound
export type DeleteImage = (id: string) => Promise<DeleteImageOutcome>

/** Cached pages show a deleted image for an hour at most; a presigned PUT to its keys expires sooner. */
const filesStay = hours(2)

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
      await deleteRow(tx, image, new Date(now().getTime() + filesStay))
      if (image.status === 'processed')
        await publish(tx, [
          galleryChanged(await readGallery(tx, { owner_kind, owner_id, revision }, storage.publicUrl)),
        ])
      return { kind: 'deleted' }
    })
  }
