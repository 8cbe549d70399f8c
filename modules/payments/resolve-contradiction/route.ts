import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { adminRefundViewOf } from '../refund-view.ts'
import { AdminRefundView, ResolveContradictionBody } from '../schema.ts'
import type { ResolveContradiction, ResolveContradictionOutcome } from './resolve-contradiction.ts'

const answers = {
  'not-contradicted': answer(
    409,
    'The provider did not contradict itself about this refund: there is nothing to settle.',
    'Банк не противоречил себе об этом возврате: улаживать нечего.',
  ),
} satisfies Record<ReasonOf<ResolveContradictionOutcome>, Answer>

const schema = {
  tags: ['payments'],
  summary: 'Write down how a refund was settled that the provider refused and then made',
  params: IdParams,
  body: ResolveContradictionBody,
  response: { 200: AdminRefundView, ...problemsOf(answers) },
}

export const resolveContradictionRoute =
  ({ resolveContradiction }: Readonly<{ resolveContradiction: ResolveContradiction }>): Routes =>
  (http) => {
    const config = { access: { permission: 'payments.refund' }, repeat: 'Returns the first resolution again.' }
    http.post('/admin/payments/refunds/:id/resolve', { schema, config }, async ({ params, body, caller }, reply) => {
      const resolved = { resolved_by: userIdOf(caller), resolution: body.resolution }
      const outcome = await resolveContradiction({ refund_id: params.id, ...resolved })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : adminRefundViewOf(outcome.refund)
    })
  }
