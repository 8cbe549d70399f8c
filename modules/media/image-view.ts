import type { Storage } from '#platform/storage'
import type { AdminImage } from './schema.ts'
import type { ImageWithVariants } from './store.ts'

export type ViewImage = (image: ImageWithVariants) => AdminImage

/** An image as staff see it. */
export const viewImage =
  ({ publicUrl }: Pick<Storage, 'publicUrl'>): ViewImage =>
  (image) => {
    const { id, owner_kind, owner_id, position, status, reason, format, width, height, byte_size } = image
    return {
      id,
      owner_kind,
      owner_id,
      position,
      status,
      reason,
      format,
      width,
      height,
      byte_size,
      created_at: image.created_at.toISOString(),
      processed_at: image.processed_at?.toISOString() ?? null,
      variants: image.variants.map((variant) => ({ ...variant, url: publicUrl(variant.storage_key) })),
    }
  }
