import { Type } from 'typebox'
import { type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { deletionAnswers } from '../answers.ts'
import type { DeleteProduct, DeleteProductOutcome } from './delete-product.ts'

const answers = deletionAnswers satisfies Record<ReasonOf<DeleteProductOutcome>, Answer>

export const deleteProductRoute =
  ({ deleteProduct }: Readonly<{ deleteProduct: DeleteProduct }>): Routes =>
  (http) => {
    http.delete(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Delete a product that has never been ordered',
          params: IdParams,
          response: { 204: Type.Null(), ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await deleteProduct(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(204).send(null)
      },
    )
  }
