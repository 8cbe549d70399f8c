import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { inactiveAnswer } from '../answers.ts'
import { DeliveryParams, DeliveryView } from '../schema.ts'
import { deliveryViewOf } from '../views.ts'
import type { RetryDelivery, RetryDeliveryOutcome } from './retry-delivery.ts'

const answers = inactiveAnswer satisfies Record<ReasonOf<RetryDeliveryOutcome>, Answer>

const schema = {
  tags: ['webhooks'],
  summary: 'Send a delivery again',
  params: DeliveryParams,
  body: NoBody,
  response: { 202: DeliveryView, ...problemsOf(answers) },
}

export const retryDeliveryRoute =
  ({ retryDelivery }: Readonly<{ retryDelivery: RetryDelivery }>): Routes =>
  (http) => {
    const config = {
      access: { permission: 'settings.write' },
      repeat: 'A delivery that is waiting is sent once; one that has been sent in the meantime is sent again.',
    }
    http.post('/admin/webhooks/:id/deliveries/:delivery_id/retry', { schema, config }, async ({ params }, reply) => {
      const outcome = await retryDelivery(params)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(202).send(deliveryViewOf(outcome.delivery))
    })
  }
