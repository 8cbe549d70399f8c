import { productDeleted } from '#catalog/events'
import { keyLocal, subscribe, type Subscription } from '#platform/events'
import type { DeleteGallery } from './delete-gallery.ts'

/** Handles `product-deleted`. */
export const deleteGallerySubscription = ({
  deleteGallery,
}: Readonly<{ deleteGallery: DeleteGallery }>): Subscription =>
  keyLocal(
    subscribe(productDeleted, (tx, { payload: { product_id } }) =>
      deleteGallery(tx, { owner_kind: 'product', owner_id: product_id }),
    ),
  )
