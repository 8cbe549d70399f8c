import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImageList } from '../schema.ts'
import type { ListImages } from './query.ts'

const schema = {
  tags: ['media'],
  summary: 'List the images of a product with their variants, including images that wait or failed',
  params: IdParams,
  response: { 200: AdminImageList },
}

export const listImagesRoute =
  ({ listImages, viewImage }: Readonly<{ listImages: ListImages; viewImage: ViewImage }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.get('/admin/products/:id/images', { schema, config }, async ({ params }, reply) => {
      const outcome = await listImages({ owner_kind: 'product', owner_id: params.id })
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { items: outcome.images.map(viewImage) }
    })
  }
