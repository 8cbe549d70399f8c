import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Storage } from '#platform/storage'
import { fitsVariant, variantKey, variantSpecs } from '../image.ts'
import type { SaveVariants, SaveVariantsOutcome } from '../image-work.ts'
import type { DeliveredVariant, VariantName } from '../schema.ts'
import { findImage, type Image, type MediaDb } from '../store.ts'

type Needs = Readonly<{ db: MediaDb; storage: Pick<Storage, 'sizeOf'>; saveVariants: SaveVariants }>

type WrongVariant = Refused<'wrong-variant'> & Readonly<{ variant: VariantName; issue: string }>
export type DeliverVariantsOutcome = SaveVariantsOutcome | NotFound | WrongVariant
export type DeliverVariants = (
  image_id: string,
  variants: readonly DeliveredVariant[],
) => Promise<DeliverVariantsOutcome>

/** Takes the variants of a worker outside, when their files are in the storage and have the size that it says. */
export const deliverVariants =
  ({ db, storage, saveVariants }: Needs): DeliverVariants =>
  async (image_id, variants) => {
    const image = await findImage(db, image_id)
    if (!image) return notFound('image')
    for (const [index, variant] of variants.entries()) {
      const isTwice = variants.findIndex((other) => other.variant === variant.variant) !== index
      const issue = isTwice
        ? 'the variant is listed twice'
        : (issueOf(image, variant) ?? (await issueOfFile(storage, variant)))
      if (issue !== undefined) return { kind: 'refused', reason: 'wrong-variant', variant: variant.variant, issue }
    }
    const rows = variants.map((variant) => ({ image_id: image.id, ...variant }))
    return await saveVariants({ image_id: image.id, generation: image.generation, variants: rows })
  }

function issueOf(image: Image, { variant, storage_key, width, height }: DeliveredVariant): string | undefined {
  const spec = variantSpecs.find((each) => each.variant === variant)
  const key = variantKey(image, variant)
  if (storage_key !== key) return `its storage_key must be ${key}`
  return spec && fitsVariant(spec, { width, height }, image)
    ? undefined
    : `it must fit into ${spec?.size} by ${spec?.size} pixels`
}

async function issueOfFile(storage: Needs['storage'], { storage_key, byte_size }: DeliveredVariant) {
  const stored = await storage.sizeOf(storage_key)
  if (stored === undefined) return 'its file is not in the storage'
  return stored === byte_size ? undefined : `its file has ${stored} bytes`
}
