import { byTime, countRows, timeCursor } from '#platform/db'
import { pageOf, type ItemPage, type Window } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import { variantKey, variantSpecs } from '../image.ts'
import { linkTtl, type ImageStatus, type PendingImage } from '../schema.ts'
import type { Image, MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; storage: Pick<Storage, 'presignGet' | 'presignPut'> }>
export type ListPendingImages = (window: Window) => Promise<ItemPage<PendingImage>>

/** The images that wait for a worker, oldest first, with links to their originals and to the places of their variants. */
export const listPendingImages =
  ({ db, storage }: Needs): ListPendingImages =>
  async (window) => {
    const pending: ImageStatus = 'pending'
    const matching = db.selectFrom('media.images').where('status', '=', pending)
    const [rows, counted] = await Promise.all([
      matching
        .selectAll()
        .$call(byTime(window, { oldestFirst: true }))
        .execute(),
      countRows(db, matching),
    ])
    const page = pageOf({
      items: rows,
      counted,
      window,
      cursorOf: timeCursor,
    })
    return { ...page, items: await Promise.all(page.items.map((image) => pendingImageOf(storage, image))) }
  }

async function pendingImageOf(storage: Needs['storage'], image: Image): Promise<PendingImage> {
  const { id, owner_kind, owner_id, format, width, height, byte_size, generation } = image
  const uploads = variantSpecs.map(async ({ variant, size, quality }) => {
    const storage_key = variantKey(image, variant)
    const { method, url, headers } = await storage.presignPut(storage_key, { ttl: linkTtl })
    const target = { max_width: size, max_height: size, quality, format: 'webp' as const }
    return { variant, storage_key, method, url, headers: { ...headers }, ...target }
  })
  return {
    id,
    owner_kind,
    owner_id,
    format,
    width,
    height,
    byte_size,
    generation,
    created_at: image.created_at.toISOString(),
    original_url: await storage.presignGet(image.original_key, { ttl: linkTtl }),
    uploads: await Promise.all(uploads),
  }
}
