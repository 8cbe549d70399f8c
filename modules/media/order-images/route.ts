import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImageList, OrderImagesBody } from '../schema.ts'
import type { OrderImages, OrderImagesOutcome } from './order-images.ts'

const answers = {
  'images-changed': answer(
    409,
    'These are not all the images of the product. Read the list again.',
    'Это не все изображения товара. Прочитайте список ещё раз.',
  ),
} satisfies Record<ReasonOf<OrderImagesOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Set the order of the images of a product; lists show the first one',
  params: IdParams,
  body: OrderImagesBody,
  response: { 200: AdminImageList, ...problemsOf(answers) },
}

export const orderImagesRoute =
  ({ orderImages, viewImage }: Readonly<{ orderImages: OrderImages; viewImage: ViewImage }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.put('/admin/products/:id/images/order', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await orderImages({ owner_kind: 'product', owner_id: params.id.toLowerCase(), ...body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return { items: outcome.images.map(viewImage) }
    })
  }
