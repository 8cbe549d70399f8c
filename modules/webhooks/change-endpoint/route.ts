import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { urlAnswers } from '../answers.ts'
import { ChangeEndpointBody, EndpointView } from '../schema.ts'
import { endpointViewOf } from '../views.ts'
import type { ChangeEndpoint, ChangeEndpointOutcome } from './change-endpoint.ts'

const answers = urlAnswers satisfies Record<ReasonOf<ChangeEndpointOutcome>, Answer>

const schema = {
  tags: ['webhooks'],
  summary: 'Change, deactivate or activate an endpoint',
  params: IdParams,
  body: ChangeEndpointBody,
  response: { 200: EndpointView, ...problemsOf(answers) },
}

export const changeEndpointRoute =
  ({ changeEndpoint }: Readonly<{ changeEndpoint: ChangeEndpoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'settings.write' } }
    http.patch('/admin/webhooks/:id', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeEndpoint(params.id, body)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : endpointViewOf(outcome.endpoint)
    })
  }
