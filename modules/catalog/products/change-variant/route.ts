import { answer, type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { variantProblems } from '../problems.ts'
import { ChangeVariantInput } from '../inputs.ts'
import { AdminVariant } from '../schema.ts'
import type { ChangeVariant, ChangeVariantOutcome } from './change-variant.ts'

const answers = {
  ...variantProblems,
  'not-a-bundle': answer(409, 'Only a bundle has components', 'Составляющие есть только у набора'),
  'bundle-has-no-stock': answer(
    409,
    'A bundle has the stock of its components',
    'Остаток набора — это остатки составляющих',
  ),
} satisfies Record<ReasonOf<ChangeVariantOutcome>, Answer>

/** A bundle is a variant: both addresses lead to the same slice. */
export const changeVariantRoutes =
  (changeVariant: ChangeVariant): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.patch(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'Change a variant or bundle',
            params: IdParams,
            body: ChangeVariantInput,
            response: { 200: AdminVariant, ...problemsOf(answers) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async (request, reply) => {
          const outcome = await changeVariant(request.params.id, request.body)
          if (isRefusal(outcome)) return refuse(reply, outcome, answers)
          return reply.send(outcome.variant)
        },
      )
    }
  }
