import { userIdOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { DiscrepancyView, ResolveDiscrepancyBody } from '../discrepancy-schema.ts'
import { discrepancyViewOf } from '../discrepancy-view.ts'
import type { ResolveDiscrepancy } from './resolve-discrepancy.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'Write down how a discrepancy was settled',
  params: IdParams,
  body: ResolveDiscrepancyBody,
  response: { 200: DiscrepancyView, ...problemsOf(notFoundAnswer) },
}

export const resolveDiscrepancyRoute =
  ({ resolveDiscrepancy }: Readonly<{ resolveDiscrepancy: ResolveDiscrepancy }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, repeat: 'returns the first resolution again' }
    http.post('/dispatch/discrepancies/:id/resolve', { schema, config }, async ({ params, body, caller }, reply) => {
      const { resolution } = body
      const outcome = await resolveDiscrepancy({ id: params.id, resolved_by: userIdOf(caller), resolution })
      return isRefusal(outcome) ? refuse(reply, outcome) : discrepancyViewOf(outcome.discrepancy)
    })
  }
