import { listImages as selectImages, type ImageWithVariants, type MediaDb, type Owner } from '../store.ts'

export type ListImages = (owner: Owner) => Promise<readonly ImageWithVariants[]>

/** All images of an owner in their order. */
export const listImages =
  (db: MediaDb): ListImages =>
  ({ owner_kind, owner_id }) =>
    selectImages(db, owner_kind, [owner_id])
