import { Type } from 'typebox'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { urlAnswers } from '../answers.ts'
import { ChangeEndpointBody, CreateEndpointBody, EndpointView, EndpointWithSecret } from '../schema.ts'
import { endpointViewOf } from '../views.ts'
import {
  maxEndpoints,
  type ChangeEndpoint,
  type ChangeEndpointOutcome,
  type CreatedEndpoint,
  type CreateEndpoint,
  type CreateEndpointOutcome,
  type DeleteEndpoint,
} from './edit-endpoints.ts'

const changeAnswers = urlAnswers satisfies Record<ReasonOf<ChangeEndpointOutcome>, Answer>

const createAnswers = {
  ...urlAnswers,
  'id-taken': answer(409, 'Another endpoint has this id.', 'Этот идентификатор занят другим получателем.'),
  'too-many-endpoints': answer(
    409,
    `There are already ${maxEndpoints} endpoints. Delete one first.`,
    `Уже есть ${maxEndpoints} получателей. Сначала удалите одного из них.`,
  ),
} satisfies Record<ReasonOf<CreateEndpointOutcome>, Answer>

const tags = ['webhooks']
const access = { permission: 'settings.write' }
const params = IdParams
const present = ({ endpoint, secret }: CreatedEndpoint) => ({ ...endpointViewOf(endpoint), secret })

const createSchema = {
  tags,
  summary: 'Add an endpoint that receives events; the response contains its secret',
  body: CreateEndpointBody,
  response: { 201: EndpointWithSecret, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Change, deactivate or activate an endpoint',
  params,
  body: ChangeEndpointBody,
  response: { 200: EndpointView, ...problemsOf(changeAnswers) },
}
const deleteSchema = {
  tags,
  summary: 'Delete an endpoint with the log of its deliveries',
  params,
  response: { 204: Type.Null() },
}

type Slices = Readonly<{
  createEndpoint: CreateEndpoint
  changeEndpoint: ChangeEndpoint
  deleteEndpoint: DeleteEndpoint
}>

export const editEndpointsRoutes =
  ({ createEndpoint, changeEndpoint, deleteEndpoint }: Slices): Routes =>
  (http) => {
    const creating = { schema: createSchema, config: { access, idempotent: 'sealed' } } as const
    http.post('/admin/webhooks', creating, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request), locale: request.locale }
      const outcome = await createEndpoint(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, createAnswers)
      return reply.code(201).header('cache-control', 'no-store').send(present(outcome))
    })
    http.patch('/admin/webhooks/:id', { schema: changeSchema, config: { access } }, async ({ params, body }, reply) => {
      const outcome = await changeEndpoint(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, changeAnswers)
      return endpointViewOf(outcome.endpoint)
    })
    http.delete('/admin/webhooks/:id', { schema: deleteSchema, config: { access } }, async ({ params }, reply) => {
      const outcome = await deleteEndpoint(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
