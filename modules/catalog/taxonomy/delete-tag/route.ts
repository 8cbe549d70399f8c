import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteTag } from './delete-tag.ts'

const schema = {
  tags: ['catalog admin'],
  summary: 'Delete a tag',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteTagRoute =
  ({ deleteTag }: Readonly<{ deleteTag: DeleteTag }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/tags/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteTag(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
