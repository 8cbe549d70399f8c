import type { NotFound } from '#platform/outcome'
import type { AdminImage, OwnerKind } from './schema.ts'

/** The interface of media to other modules. */
export type MediaApi = Readonly<{
  /**
   * The images of several owners of one kind in one query, in their order. A private image has links that expire after
   * fifteen minutes.
   */
  imagesOf: (owner_kind: OwnerKind, owner_ids: readonly string[]) => Promise<readonly AdminImage[]>
  /** Deletes an image; its files follow two hours later. */
  deleteImage: (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>
}>
