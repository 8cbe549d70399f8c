import { Type } from 'typebox'
import { type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { deletionAnswers } from '../answers.ts'
import type { DeleteVariant, DeleteVariantOutcome } from './delete-variant.ts'

const answers = deletionAnswers satisfies Record<ReasonOf<DeleteVariantOutcome>, Answer>

/** A bundle is a variant: both addresses lead to the same slice. */
export const deleteVariantRoutes =
  ({ deleteVariant }: Readonly<{ deleteVariant: DeleteVariant }>): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.delete(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'Delete a variant or bundle that has never been ordered',
            params: IdParams,
            response: { 204: Type.Null(), ...problemsOf(answers) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async (request, reply) => {
          const outcome = await deleteVariant(request.params.id)
          if (isRefusal(outcome)) return refuse(reply, outcome, answers)
          return reply.code(204).send(null)
        },
      )
    }
  }
