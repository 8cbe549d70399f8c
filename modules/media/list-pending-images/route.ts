import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, OneOf, Page, PageQuery } from '#platform/schema'
import { PendingImage } from '../schema.ts'
import type { ListPendingImages } from './query.ts'

const schema = {
  tags: ['media'],
  summary: 'List the images that wait for a worker, with presigned links, oldest first',
  querystring: Closed({ ...PageQuery, status: Type.Optional(OneOf(['pending'])) }),
  response: { 200: Page(PendingImage) },
}

export const listPendingImagesRoute =
  ({ listPendingImages }: Readonly<{ listPendingImages: ListPendingImages }>): Routes =>
  (http) => {
    const config = { access: 'machine' } as const
    http.get('/internal/images', { schema, config }, ({ query }) => listPendingImages(windowOf(query)))
  }
