import type { Storage } from '#platform/storage'
import { isPublicOwner } from './image.ts'
import { linkTtl, type AdminImage } from './schema.ts'
import type { ImageWithVariants } from './store.ts'

export type ViewImage = (image: ImageWithVariants) => Promise<AdminImage>

/** An image as staff see it. A private image has links that expire. */
export const viewImage =
  (storage: Pick<Storage, 'publicUrl' | 'presignGet'>): ViewImage =>
  async (image) => {
    const { id, owner_kind, owner_id, position, status, reason, format, width, height, byte_size } = image
    const urlOf = async (key: string) =>
      isPublicOwner(owner_kind) ? storage.publicUrl(key) : await storage.presignGet(key, { ttl: linkTtl })
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
      variants: await Promise.all(
        image.variants.map(async (variant) => ({ ...variant, url: await urlOf(variant.storage_key) })),
      ),
    }
  }
