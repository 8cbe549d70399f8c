import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { pickupPointAnswers } from '../answers.ts'
import { adminPickupPointViewOf } from '../pickup-point-view.ts'
import { AdminPickupPointView, CreatePickupPointBody } from '../schema.ts'
import type { CreatedPickupPoint, CreatePickupPoint, CreatePickupPointOutcome } from './create-pickup-point.ts'

const answers = {
  ...pickupPointAnswers,
  'id-taken': answer(409, 'Another pickup point has this id.', 'Этот идентификатор занят другим пунктом выдачи.'),
} satisfies Record<ReasonOf<CreatePickupPointOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Add a pickup point',
  body: CreatePickupPointBody,
  response: { 201: AdminPickupPointView, ...problemsOf(answers) },
}

const viewOf = ({ point }: CreatedPickupPoint) => adminPickupPointViewOf(point)

export const createPickupPointRoute =
  ({ createPickupPoint }: Readonly<{ createPickupPoint: CreatePickupPoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/admin/pickup-points', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createPickupPoint(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
