import { Type } from 'typebox'
import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, withUpload, type Answer, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { Closed, IdParams, NoBody } from '#platform/schema'
import { maxPhotoBytes, maxPhotos } from '../photo.ts'
import type { ViewPhoto } from '../photo-view.ts'
import { PhotoView, ProofKind } from '../schema.ts'
import type { SavePhoto, SavePhotoOutcome } from './save-photo.ts'

const answers = {
  'unsupported-image': answer(
    415,
    'Send a JPEG, PNG or WebP photograph.',
    'Отправьте снимок в формате JPEG, PNG или WebP.',
  ),
  'not-picked-up': answer(409, 'You do not have this parcel.', 'У вас нет этой посылки.'),
  'too-many-photos': answer(
    409,
    `The parcel already has ${maxPhotos} photographs.`,
    `У этой посылки уже ${maxPhotos} снимков.`,
  ),
} satisfies Record<ReasonOf<SavePhotoOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Upload a photograph, or the signature of the customer, that proves the delivery',
  params: IdParams,
  querystring: Closed({ kind: Type.Optional(ProofKind) }),
  body: NoBody,
  response: { 201: PhotoView, ...problemsOf(answers) },
}

type Needs = Readonly<{ savePhoto: SavePhoto; viewPhoto: ViewPhoto }>

export const savePhotoRoute =
  ({ savePhoto, viewPhoto }: Needs): Routes =>
  (http) => {
    const config = {
      access: { permission: 'delivery.deliver' },
      audit: false,
      upload: maxPhotoBytes,
      repeat: 'The same file of the same parcel is the same photograph.',
    }
    http.post('/dispatch/me/parcels/:id/photos', { schema, config }, async (request, reply) => {
      const courier_id = userIdOf(request.caller)
      const parcel_id = request.params.id.toLowerCase()
      const outcome = await withUpload(request, async (file) =>
        courier_id === null
          ? notFound('parcel')
          : await savePhoto({ parcel_id, courier_id, kind: request.query.kind ?? 'photo', file }),
      )
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(await viewPhoto(outcome.photo))
    })
  }
