import type { ImageFormat, VariantName } from './schema.ts'
import { hours } from '#platform/values'
import { maxPixels } from './schema.ts'

/** The size and the quality of a variant. It fits inside the square, and no image is enlarged. */
export type VariantSpec = Readonly<{ variant: VariantName; size: number; quality: number }>

export const variantSpecs: readonly VariantSpec[] = [
  { variant: 'thumb', size: 150, quality: 80 },
  { variant: 'md', size: 600, quality: 85 },
  { variant: 'lg', size: 1200, quality: 90 },
]

/** The facts of an original that its first bytes say. */
export type ImageHeader = Readonly<{ format: string; width: number; height: number }>

/** Why an original is refused at its upload. */
export type UnusableReason = 'unsupported-image' | 'damaged-image' | 'too-many-pixels'

const formats: Readonly<Record<string, ImageFormat>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
}

export type Inspected =
  | Readonly<{ kind: 'usable'; format: ImageFormat; width: number; height: number }>
  | Readonly<{ kind: 'refused'; reason: UnusableReason }>

/** Decides by the header of an original whether the shop takes it. */
export function inspect({ format, width, height }: ImageHeader): Inspected {
  const known = formats[format]
  if (!known) return { kind: 'refused', reason: 'unsupported-image' }
  if (width < 1 || height < 1) return { kind: 'refused', reason: 'damaged-image' }
  if (width * height > maxPixels) return { kind: 'refused', reason: 'too-many-pixels' }
  return { kind: 'usable', format: known, width, height }
}

const extensions: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
}

/** Originals are private: they may contain the place where a photograph was taken. */
export const originalKey = (image_id: string, format: ImageFormat): string =>
  `private/originals/${image_id}.${extensions[format]}`

type Generation = Readonly<{ id: string; generation: number }>

/** The key of a variant. Each generation has keys of its own, because a file never changes under its key. */
export const variantKey = ({ id, generation }: Generation, variant: VariantName): string =>
  `public/images/${id}/${generation}/${variant}.webp`

/** The keys of all files that an image has or had. */
export const keysOf = (image: Generation & Readonly<{ original_key: string }>): readonly string[] => [
  image.original_key,
  ...Array.from({ length: image.generation }, (_, index) =>
    variantSpecs.map(({ variant }) => variantKey({ ...image, generation: index + 1 }, variant)),
  ).flat(),
]

/** True when an image of this size is a variant of an original: it fits the square, and it is not enlarged. */
export function fitsVariant(
  { size }: VariantSpec,
  { width, height }: Readonly<{ width: number; height: number }>,
  original: Readonly<{ width: number; height: number }>,
): boolean {
  // A photograph may be turned by its EXIF orientation.
  const longest = Math.max(original.width, original.height)
  return Math.max(width, height) <= Math.min(size, longest)
}

/** The worker's process died in so many attempts: another one would probably die too. */
export const maxUnfinishedAttempts = 3

/** Cached pages show a deleted image for an hour at most; a presigned PUT to its keys expires sooner. */
const filesStay = hours(2)

/** When the files of an image that is deleted now are deleted. */
export const filesDueAt = (now: Date): Date => new Date(now.getTime() + filesStay)
