import type { AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { filesDueAt } from '../image.ts'
import { deleteImages, lockGallery, markGalleryDeleted, type Owner } from '../store.ts'

/** Deletes all images of an owner who is gone; their files follow two hours later. */
export type DeleteGallery = (tx: AnyTx, owner: Owner) => Promise<void>

type Needs = Readonly<{ now: Clock }>

/** An upload that has asked for its owner before finds the mark of the gallery, and stores nothing. */
export const deleteGallery =
  ({ now }: Needs): DeleteGallery =>
  async (tx, owner) => {
    const at = now()
    await lockGallery(tx, owner)
    await markGalleryDeleted(tx, owner, at)
    await deleteImages(tx, owner, filesDueAt(at))
  }
