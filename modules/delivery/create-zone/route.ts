import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { zoneAnswers } from '../answers.ts'
import { CreateZoneBody, ZoneView } from '../zone-schema.ts'
import { zoneViewOf } from '../zone-view.ts'
import type { CreatedZone, CreateZone, CreateZoneOutcome } from './create-zone.ts'

const answers = {
  ...zoneAnswers,
  'id-taken': answer(409, 'Another zone has this id.', 'Этот идентификатор занят другой зоной.'),
} satisfies Record<ReasonOf<CreateZoneOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Add a zone to which couriers deliver',
  description: 'Without zones, couriers deliver everywhere for free; with zones, only to these.',
  body: CreateZoneBody,
  response: { 201: ZoneView, ...problemsOf(answers) },
}

const viewOf = ({ zone }: CreatedZone) => zoneViewOf(zone)

export const createZoneRoute =
  ({ createZone }: Readonly<{ createZone: CreateZone }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/admin/delivery-zones', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createZone(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
