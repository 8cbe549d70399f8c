import { galleryChanged } from '#media/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { SaveImages } from './save-images.ts'

/** Handles `gallery-changed`. */
export const saveImagesSubscription = ({ saveImages }: Readonly<{ saveImages: SaveImages }>): Subscription =>
  commutative(
    subscribe(
      galleryChanged,
      async (tx, { payload }) => {
        const { owner_id, revision, images } = payload
        const shown = images.map(({ id, variants }) => ({
          id,
          variants: variants.map(({ storage_key: _, ...variant }) => variant),
        }))
        await saveImages(tx, { product_id: owner_id, revision, images: shown })
      },
      { concerns: ({ owner_kind }) => owner_kind === 'product', linger: true },
    ),
  )
