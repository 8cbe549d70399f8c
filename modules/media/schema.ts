import { Type, type Static } from 'typebox'
import { Closed, Id, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { minutes, timeText } from '#platform/values'

/** The owners of images. */
export const ownerKinds = ['product'] as const
export const OwnerKind = OneOf(ownerKinds)
export type OwnerKind = (typeof ownerKinds)[number]

export const imageStatuses = ['pending', 'processed', 'failed'] as const
export const ImageStatus = OneOf(imageStatuses)
export type ImageStatus = (typeof imageStatuses)[number]

export const imageFormats = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const
export const ImageFormat = OneOf(imageFormats)
export type ImageFormat = (typeof imageFormats)[number]

export const variantNames = ['thumb', 'md', 'lg'] as const
export const VariantName = OneOf(variantNames)
export type VariantName = (typeof variantNames)[number]

/** Bytes of the largest original. */
export const maxOriginalBytes = 20 * 1024 * 1024
/** Pixels of the largest original. */
export const maxPixels = 40_000_000
/** Images of one owner. */
export const maxImages = 50
/** Milliseconds for which a link to a private file works. */
export const linkTtl = minutes(15)

const Pixels = Type.Integer({ minimum: 1, maximum: 100_000 })
const Bytes = Type.Integer({ minimum: 1, maximum: 100_000_000 })

const variant = { variant: VariantName, format: OneOf(['webp']), width: Pixels, height: Pixels, byte_size: Bytes }

/** A variant with the key of its file. */
const ImageVariant = named('ImageVariant', Type.Object({ ...variant, storage_key: Type.String(), url: Type.String() }))

export const AdminImage = named(
  'AdminImage',
  Type.Object({
    id: Id,
    owner_kind: OwnerKind,
    owner_id: Id,
    position: Type.Integer(),
    status: ImageStatus,
    reason: Nullable(Type.String({ description: 'Why the variants could not be made' })),
    format: ImageFormat,
    width: Pixels,
    height: Pixels,
    byte_size: Bytes,
    created_at: Time,
    processed_at: Nullable(Time),
    variants: Type.Array(ImageVariant, { description: 'Empty until a worker has made them' }),
  }),
)
export type AdminImage = Static<typeof AdminImage>

export const AdminImageList = Type.Object({ items: Type.Array(AdminImage, { maxItems: maxImages }) })

export const OrderImagesBody = named(
  'OrderImagesBody',
  Closed({
    image_ids: Type.Array(Id, { maxItems: maxImages, uniqueItems: true, description: 'All images in their order' }),
  }),
)

const PresignedPut = Type.Object({
  variant: VariantName,
  storage_key: Type.String(),
  method: OneOf(['PUT']),
  url: Type.String(),
  headers: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
  max_width: Pixels,
  max_height: Pixels,
  quality: Type.Integer({ minimum: 1, maximum: 100 }),
  format: OneOf(['webp']),
})

export const PendingImage = named(
  'PendingImage',
  Type.Object({
    id: Id,
    owner_kind: OwnerKind,
    owner_id: Id,
    format: ImageFormat,
    width: Pixels,
    height: Pixels,
    byte_size: Bytes,
    generation: Type.Integer({ description: 'Counts the attempts that staff began, from 1' }),
    created_at: Time,
    original_url: Type.String({ description: `The original; the link works for ${timeText(linkTtl, 'en')}` }),
    uploads: Type.Array(PresignedPut, {
      description: `Where to upload each variant; the links work for ${timeText(linkTtl, 'en')}`,
    }),
  }),
)
export type PendingImage = Static<typeof PendingImage>

const Generation = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'The generation of the pending image' })

export const DeliveredVariant = Closed({ ...variant, storage_key: Text(300, { minLength: 1 }) })
export type DeliveredVariant = Shape<typeof DeliveredVariant>

export const DeliverVariantsBody = Type.Array(DeliveredVariant, { minItems: 1, maxItems: variantNames.length })

export const ReportFailureBody = named(
  'ReportFailureBody',
  Closed({ generation: Generation, reason: Text(200, { minLength: 1 }) }),
)
