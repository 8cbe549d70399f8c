import { Type } from 'typebox'
import { type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { deletionProblems } from '../problems.ts'
import type { RemoveOutcome } from '../store/deletion.ts'
import type { RemoveProduct } from './remove-product.ts'

const answers = deletionProblems satisfies Record<ReasonOf<RemoveOutcome>, Answer>

export const removeProductRoute =
  (removeProduct: RemoveProduct): Routes =>
  (http) => {
    http.delete(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Delete a product that was never ordered',
          params: IdParams,
          response: { 204: Type.Null(), ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await removeProduct(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(204).send(null)
      },
    )
  }
