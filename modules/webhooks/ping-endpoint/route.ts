import { operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { inactiveAnswer } from '../answers.ts'
import { DeliveryView } from '../schema.ts'
import { deliveryViewOf } from '../views.ts'
import type { PingEndpoint, PingEndpointOutcome, QueuedPing } from './ping-endpoint.ts'

const answers = inactiveAnswer satisfies Record<ReasonOf<PingEndpointOutcome>, Answer>

const schema = {
  tags: ['webhooks'],
  summary: 'Send a test event (`webhooks.ping.v1`) to an endpoint; the delivery shows the result',
  params: IdParams,
  body: NoBody,
  response: { 202: DeliveryView, ...problemsOf(answers) },
}

const present = ({ delivery }: QueuedPing) => deliveryViewOf(delivery)

export const pingEndpointRoute =
  ({ pingEndpoint }: Readonly<{ pingEndpoint: PingEndpoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'settings.write' }, idempotent: true }
    http.post('/admin/webhooks/:id/ping', { schema, config }, async (request, reply) => {
      const ping = { id: request.params.id, operation_id: operationIdOf(request) }
      const outcome = await pingEndpoint(ping, storeResponseAs(reply, 202, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(202).send(present(outcome))
    })
  }
