import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteImage } from './delete-image.ts'

const schema = {
  tags: ['media'],
  summary: 'Delete an image',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteImageRoute =
  ({ deleteImage }: Readonly<{ deleteImage: DeleteImage }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/images/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteImage(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
