import { answer, type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { productProblems } from '../problems.ts'
import { ChangeProductInput } from '../inputs.ts'
import { AdminProduct } from '../schema.ts'
import type { ChangeProduct, ChangeProductOutcome } from './change-product.ts'

const answers = {
  ...productProblems,
  'nothing-to-sell': answer(409, 'None of its variants is active', 'Ни один вариант товара не продаётся'),
  archived: answer(409, 'The product is archived', 'Товар в архиве'),
} satisfies Record<ReasonOf<ChangeProductOutcome>, Answer>

export const changeProductRoute =
  (changeProduct: ChangeProduct): Routes =>
  (http) => {
    http.patch(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Change, deactivate or archive a product',
          params: IdParams,
          body: ChangeProductInput,
          response: { 200: AdminProduct, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await changeProduct(request.params.id, request.body)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.send(outcome.product)
      },
    )
  }
