import { notFound, type NotFound } from '#platform/outcome'
import { listImages as selectImages, type ImageWithVariants, type MediaDb, type Owner } from '../store.ts'

type ListImagesOutcome = Readonly<{ kind: 'listed'; images: readonly ImageWithVariants[] }> | NotFound
export type ListImages = (owner: Owner) => Promise<ListImagesOutcome>

type Needs = Readonly<{
  db: MediaDb
  /** True for an owner who exists. */
  hasOwner: (owner: Owner) => Promise<boolean>
}>

/** All images of an owner in their order. */
export const listImages =
  ({ db, hasOwner }: Needs): ListImages =>
  async (owner) => {
    const images = await selectImages(db, owner)
    if (images.length === 0 && !(await hasOwner(owner))) return notFound(owner.owner_kind)
    return { kind: 'listed', images }
  }
