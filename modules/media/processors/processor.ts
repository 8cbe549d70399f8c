import type { ImageHeader, VariantSpec } from '../image.ts'
import type { VariantName } from '../schema.ts'

/** A variant as a processor made it. */
export type MadeVariant = Readonly<{ variant: VariantName; width: number; height: number; body: Buffer }>

/** `damaged-image`, `too-many-pixels` and `too-slow` are faults of the image: another attempt would end alike. */
type ProcessOutcome =
  | Readonly<{ kind: 'processed'; variants: readonly MadeVariant[] }>
  | Readonly<{ kind: 'refused'; reason: 'damaged-image' | 'too-many-pixels' | 'too-slow' | 'unsupported-image' }>

type Input = Readonly<{
  original: Buffer
  specs: readonly VariantSpec[]
  signal: AbortSignal
}>

/** Makes the variants of an original. Throws `Unavailable` when a service that it calls does not answer. */
export type ImageProcessor = (input: Input) => Promise<ProcessOutcome>

/** Reads the header of a file without its pixels; undefined when it is no image that the shop can read. */
export type ReadHeader = (path: string) => Promise<ImageHeader | undefined>
