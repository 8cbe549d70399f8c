import type { NotFound, Refused } from '#platform/outcome'
import type { ImageWithVariants, MediaTx, VariantRow } from './store.ts'

/** Enqueues the work on a pending image; does nothing where a program outside does it. */
export type EnqueueProcessing = (tx: MediaTx, image: Readonly<{ id: string; generation: number }>) => Promise<void>

type Made = Readonly<{ image_id: string; generation: number; variants: readonly VariantRow[] }>

/** `variant-delivered`: the image has another file as this variant. `not-pending`: it failed, or a new attempt began. */
export type SaveVariantsOutcome =
  | Readonly<{ kind: 'saved'; image: ImageWithVariants }>
  | NotFound
  | Refused<'variant-delivered' | 'not-pending'>
export type SaveVariants = (made: Made) => Promise<SaveVariantsOutcome>

export type FailOutcome = Readonly<{ kind: 'failed'; image: ImageWithVariants }> | NotFound | Refused<'not-pending'>
/** Gives an image up: `reason` is a code of the worker. Another report of the same reason changes nothing. */
export type FailImage = (
  work: Readonly<{ image_id: string; generation: number; reason: string }>,
) => Promise<FailOutcome>
