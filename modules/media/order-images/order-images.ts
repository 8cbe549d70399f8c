import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import { galleryChanged } from '../events.ts'
import { listImages, lockGallery, readGallery, type ImageWithVariants, type MediaDb, type Owner } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; storage: Pick<Storage, 'publicUrl'> }>

type Input = Owner & Readonly<{ image_ids: readonly string[] }>
export type OrderImagesOutcome =
  | Readonly<{ kind: 'ordered'; images: readonly ImageWithVariants[] }>
  | Refused<'images-changed'>
export type OrderImages = (input: Input) => Promise<OrderImagesOutcome>

/** Gives all images of an owner a new order. A list that is not exactly theirs is refused. */
export const orderImages =
  ({ db, storage }: Needs): OrderImages =>
  ({ owner_kind, owner_id, image_ids }) =>
    transaction(db, async (tx): Promise<OrderImagesOutcome> => {
      const ids = image_ids.map((id) => id.toLowerCase())
      const revision = await lockGallery(tx, { owner_kind, owner_id })
      const images = await listImages(tx, { owner_kind, owner_id })
      const isExact = ids.length === images.length && images.every(({ id }) => ids.includes(id))
      if (!isExact) return { kind: 'refused', reason: 'images-changed' }
      if (images.every(({ id }, index) => ids[index] === id)) return { kind: 'ordered', images }
      await sql`
        update media.images set position = place.position - 1
        from unnest(${ids}::uuid[]) with ordinality as place(id, position) where media.images.id = place.id
      `.execute(tx)
      await publish(tx, [galleryChanged(await readGallery(tx, { owner_kind, owner_id, revision }, storage.publicUrl))])
      return { kind: 'ordered', images: await listImages(tx, { owner_kind, owner_id }) }
    })
