import type { Storage } from '#platform/storage'
import { linkTtl, type PhotoView } from './schema.ts'
import type { Photo } from './store.ts'

export type ViewPhoto = (photo: Photo) => Promise<PhotoView>

/** A photograph with a link that expires. */
export const viewPhoto =
  (storage: Pick<Storage, 'presignGet'>): ViewPhoto =>
  async ({ id, kind, taken_at, byte_size, storage_key }) => ({
    id,
    kind,
    taken_at: taken_at.toISOString(),
    byte_size,
    url: await storage.presignGet(storage_key, { ttl: linkTtl }),
  })
