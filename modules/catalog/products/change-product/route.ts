import { answer, type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { productAnswers } from '../answers.ts'
import { staffBodyLimit } from '../../schema.ts'
import { AdminProduct, ChangeProductBody } from '../schema.ts'
import type { ChangeProduct, ChangeProductOutcome } from './change-product.ts'

const answers = {
  ...productAnswers,
  archived: answer(
    409,
    'The product is archived. Restore it from the archive first.',
    'Товар в архиве. Сначала верните его из архива.',
  ),
} satisfies Record<ReasonOf<ChangeProductOutcome>, Answer>

export const changeProductRoute =
  ({ changeProduct }: Readonly<{ changeProduct: ChangeProduct }>): Routes =>
  (http) => {
    http.patch(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Change, deactivate or archive a product',
          params: IdParams,
          body: ChangeProductBody,
          response: { 200: AdminProduct, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' }, bodyLimit: staffBodyLimit },
      },
      async (request, reply) => {
        const outcome = await changeProduct(request.params.id, request.body, request.locale)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return outcome.product
      },
    )
  }
