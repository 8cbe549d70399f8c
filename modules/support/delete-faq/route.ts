import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteFaq } from './delete-faq.ts'

const schema = {
  tags: ['support'],
  summary: 'Delete a question',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteFaqRoute =
  ({ deleteFaq }: Readonly<{ deleteFaq: DeleteFaq }>): Routes =>
  (http) => {
    const config = { access: { permission: 'support.answer' } }
    http.delete('/admin/faq/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteFaq(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
