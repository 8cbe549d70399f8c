import { answer, problemsOf, refuse, withUpload, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImage, maxImages, maxOriginalBytes, maxPixels } from '../schema.ts'
import type { UploadImage, UploadImageOutcome } from './upload-image.ts'

const answers = {
  'unsupported-image': answer(
    415,
    'The shop cannot read this image. Send JPEG, PNG, WebP, GIF or AVIF.',
    'Файл не удалось прочитать как изображение. Подойдут JPEG, PNG, WebP, GIF и AVIF.',
  ),
  'damaged-image': answer(400, 'The image is damaged.', 'Изображение повреждено.'),
  'too-many-pixels': answer(
    400,
    `The image has more than ${maxPixels / 1_000_000} megapixels. Send a smaller one.`,
    `В изображении больше ${maxPixels / 1_000_000} мегапикселей. Отправьте меньшее.`,
  ),
  'too-many-images': answer(
    409,
    `The product already has ${maxImages} images. Delete one first.`,
    `У товара уже ${maxImages} изображений. Сначала удалите одно из них.`,
  ),
} satisfies Record<ReasonOf<UploadImageOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Upload an image of a product; a worker makes its variants',
  params: IdParams,
  body: NoBody,
  response: { 202: AdminImage, ...problemsOf(answers) },
}

type Needs = Readonly<{ uploadImage: UploadImage; viewImage: ViewImage }>

export const uploadImageRoute =
  ({ uploadImage, viewImage }: Needs): Routes =>
  (http) => {
    const config = {
      access: { permission: 'catalog.write' },
      upload: maxOriginalBytes,
      repeat: 'The same file of the same product is the same image.',
    }
    http.post('/admin/products/:id/images', { schema, config }, async (request, reply) => {
      const owner = { owner_kind: 'product', owner_id: request.params.id.toLowerCase() } as const
      const outcome = await withUpload(request, (file) => uploadImage(owner, file))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(202).send(viewImage(outcome.image))
    })
  }
