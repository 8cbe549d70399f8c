import { answer, type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { variantAnswers } from '../answers.ts'
import { staffBodyLimit } from '../../schema.ts'
import { AdminVariant, ChangeVariantBody } from '../variant-schema.ts'
import type { ChangeVariant, ChangeVariantOutcome } from './change-variant.ts'

const answers = {
  ...variantAnswers,
  'not-a-bundle': answer(409, 'Only a bundle has components.', 'Составляющие есть только у набора.'),
  'bundle-has-no-stock': answer(
    409,
    'A bundle has no stock of its own. Change the stock of its components.',
    'У набора нет своего остатка. Измените остаток составляющих.',
  ),
} satisfies Record<ReasonOf<ChangeVariantOutcome>, Answer>

/** A bundle is a variant: both addresses lead to the same slice. */
export const changeVariantRoutes =
  ({ changeVariant }: Readonly<{ changeVariant: ChangeVariant }>): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.patch(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'Change a variant or bundle',
            params: IdParams,
            body: ChangeVariantBody,
            response: { 200: AdminVariant, ...problemsOf(answers) },
          },
          config: { access: { permission: 'catalog.write' }, bodyLimit: staffBodyLimit },
        },
        async (request, reply) => {
          const outcome = await changeVariant(request.params.id, request.body, request.locale)
          if (isRefusal(outcome)) return refuse(reply, outcome, answers)
          return outcome.variant
        },
      )
    }
  }
