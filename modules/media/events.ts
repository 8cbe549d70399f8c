import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id } from '#platform/schema'
import { ImageFormat, OwnerKind, VariantName } from './schema.ts'

const image = { image_id: Id, owner_kind: OwnerKind, owner_id: Id }
const size = { width: Type.Integer(), height: Type.Integer(), byte_size: Type.Integer() }

const Variant = Type.Object({ variant: VariantName, storage_key: Type.String(), format: Type.String(), ...size })

export const imageUploaded = defineEvent('media.image-uploaded.v1', {
  description:
    'The original of an image is in the storage and waits for its variants. Published again at each new attempt.',
  key: 'owner_id',
  payload: Type.Object({
    ...image,
    storage_key: Type.String(),
    format: ImageFormat,
    ...size,
    generation: Type.Integer({ description: 'Counts the attempts that staff began, from 1' }),
  }),
})

export const imageProcessed = defineEvent('media.image-processed.v1', {
  description: 'The three variants of an image are in the storage.',
  key: 'owner_id',
  payload: Type.Object({ ...image, variants: Type.Array(Variant) }),
})

export const imageFailed = defineEvent('media.image-failed.v1', {
  description: 'The variants of an image cannot be made.',
  key: 'owner_id',
  payload: Type.Object({ ...image, reason: Type.String() }),
})

export const galleryChanged = defineEvent('media.gallery-changed.v1', {
  description: 'All processed images of an owner in their order, after one was added, moved or deleted.',
  key: 'owner_id',
  payload: Type.Object({
    owner_kind: OwnerKind,
    owner_id: Id,
    revision: Type.Integer({ description: 'Grows with each change of the owner' }),
    images: Type.Array(
      Type.Object({
        id: Id,
        variants: Type.Array(Type.Object({ ...Variant.properties, url: Type.String() })),
      }),
    ),
  }),
})

export const mediaEvents = [imageUploaded, imageProcessed, imageFailed, galleryChanged]
