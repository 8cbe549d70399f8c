import { Type } from 'typebox'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { attributeInUse } from '../answers.ts'
import { CodeParams } from '../schema.ts'
import type { DeleteAttribute, DeleteAttributeOutcome } from './delete-attribute.ts'

const answers = attributeInUse satisfies Record<ReasonOf<DeleteAttributeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Delete an attribute that no type uses',
  params: CodeParams,
  response: { 204: Type.Null(), ...problemsOf(answers) },
}

export const deleteAttributeRoute =
  ({ deleteAttribute }: Readonly<{ deleteAttribute: DeleteAttribute }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/attributes/:code', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteAttribute(params.code)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
