import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { CodeParams } from '../schema.ts'
import type { DeleteType, DeleteTypeOutcome } from './delete-type.ts'

const answers = {
  'in-use': answer(409, 'Products of this type exist.', 'Есть товары этого типа.'),
} satisfies Record<ReasonOf<DeleteTypeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Delete a type without products',
  params: CodeParams,
  response: { 204: Type.Null(), ...problemsOf(answers) },
}

export const deleteTypeRoute =
  ({ deleteType }: Readonly<{ deleteType: DeleteType }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/types/:code', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteType(params.code)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
