import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImageList, OrderImagesBody } from '../schema.ts'
import type { OrderImages, OrderImagesOutcome } from './order-images.ts'

const answers = {
  'images-changed': answer(
    409,
    'These are not all images of the product: read the list again.',
    'Это не все изображения товара: прочитайте список ещё раз.',
  ),
} satisfies Record<ReasonOf<OrderImagesOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Order the images of a product; the first one is shown in lists',
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
      return { items: await Promise.all(outcome.images.map(viewImage)) }
    })
  }
