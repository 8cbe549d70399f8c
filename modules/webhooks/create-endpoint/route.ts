import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { urlAnswers } from '../answers.ts'
import { CreateEndpointBody, EndpointWithSecret } from '../schema.ts'
import { endpointViewOf } from '../views.ts'
import {
  maxEndpoints,
  type CreatedEndpoint,
  type CreateEndpoint,
  type CreateEndpointOutcome,
} from './create-endpoint.ts'

const answers = {
  ...urlAnswers,
  'id-taken': answer(409, 'Another endpoint has this id.', 'Этот идентификатор занят другим получателем.'),
  'secret-lost': answer(
    409,
    'The endpoint exists, but the shop can no longer read its secret, because WEBHOOK_SECRET has changed. Request a new secret for the endpoint.',
    'Получатель уже есть, но магазин не может прочитать его секрет: значение WEBHOOK_SECRET изменилось. Запросите для получателя новый секрет.',
  ),
  'too-many-endpoints': answer(
    409,
    `There are already ${maxEndpoints} endpoints. Delete one first.`,
    `Уже есть ${maxEndpoints} получателей. Сначала удалите одного из них.`,
  ),
} satisfies Record<ReasonOf<CreateEndpointOutcome>, Answer>

const schema = {
  tags: ['webhooks'],
  summary: 'Add an endpoint that receives events; the response contains its secret',
  body: CreateEndpointBody,
  response: { 201: EndpointWithSecret, ...problemsOf(answers) },
}

const viewOf = ({ endpoint, secret }: CreatedEndpoint) => ({ ...endpointViewOf(endpoint), secret })

export const createEndpointRoute =
  ({ createEndpoint }: Readonly<{ createEndpoint: CreateEndpoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'settings.write' }, idempotent: 'sealed' } as const
    http.post('/admin/webhooks', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request), locale: request.locale }
      const outcome = await createEndpoint(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).header('cache-control', 'no-store').send(viewOf(outcome))
    })
  }
