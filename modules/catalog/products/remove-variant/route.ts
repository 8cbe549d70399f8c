import { Type } from 'typebox'
import { type Answer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { deletionProblems } from '../problems.ts'
import type { RemoveOutcome } from '../store/deletion.ts'
import type { RemoveVariant } from './remove-variant.ts'

const answers = deletionProblems satisfies Record<ReasonOf<RemoveOutcome>, Answer>

/** A bundle is a variant: both addresses lead to the same slice. */
export const removeVariantRoutes =
  (removeVariant: RemoveVariant): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.delete(
        path,
        {
          schema: {
            tags: ['catalog admin'],
            summary: 'Delete a variant or bundle that was never ordered',
            params: IdParams,
            response: { 204: Type.Null(), ...problemsOf(answers) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async (request, reply) => {
          const outcome = await removeVariant(request.params.id)
          if (isRefusal(outcome)) return refuse(reply, outcome, answers)
          return reply.code(204).send(null)
        },
      )
    }
  }
