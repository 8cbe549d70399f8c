import { Type } from 'typebox'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { ChangeZoneBody, CreateZoneBody, ZoneView } from '../zone-schema.ts'
import { zoneViewOf } from '../zone-view.ts'
import type {
  ChangeZone,
  ChangeZoneOutcome,
  CreateZone,
  CreateZoneOutcome,
  DeleteZone,
  SavedZone,
} from './edit-zones.ts'

const changeAnswers = {
  'zone-without-area': answer(
    400,
    'A zone has places, or a circle with `lat`, `lng` and `radius_m`.',
    'У зоны есть населённые пункты (`places`) или круг: `lat`, `lng` и `radius_m`.',
  ),
  'incomplete-circle': answer(
    400,
    'A circle has `lat`, `lng` and `radius_m`. Send all of them, or none.',
    'У круга есть `lat`, `lng` и `radius_m`. Передайте все три или ни одного.',
  ),
  'wrong-window': answer(
    400,
    'A window has `earliest_minutes` and `latest_minutes`, in this order. Send both, or none.',
    'У срока доставки есть `earliest_minutes` и `latest_minutes`, первое не больше второго. Передайте оба или ни одного.',
  ),
} satisfies Record<ReasonOf<ChangeZoneOutcome>, Answer>

const createAnswers = {
  ...changeAnswers,
  'id-taken': answer(409, 'Another zone has this id.', 'Этот идентификатор занят другой зоной.'),
} satisfies Record<ReasonOf<CreateZoneOutcome>, Answer>

const tags = ['delivery']
const access = { permission: 'delivery.write' }
const params = IdParams

const createSchema = {
  tags,
  summary: 'Add a zone to which couriers deliver',
  description: 'Without any zone couriers deliver everywhere for nothing; with zones only to these.',
  body: CreateZoneBody,
  response: { 201: ZoneView, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Change a zone, or switch it off or on',
  params,
  body: ChangeZoneBody,
  response: { 200: ZoneView, ...problemsOf(changeAnswers) },
}
const deleteSchema = { tags, summary: 'Delete a zone', params, response: { 204: Type.Null() } }

const present = ({ zone }: SavedZone) => zoneViewOf(zone)

type Slices = Readonly<{ createZone: CreateZone; changeZone: ChangeZone; deleteZone: DeleteZone }>

export const editZonesRoutes =
  ({ createZone, changeZone, deleteZone }: Slices): Routes =>
  (http) => {
    const creating = { schema: createSchema, config: { access, idempotent: true } }
    http.post('/admin/delivery-zones', creating, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createZone(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, createAnswers)
      return reply.code(201).send(present(outcome))
    })
    const changing = { schema: changeSchema, config: { access } }
    http.patch('/admin/delivery-zones/:id', changing, async ({ params: { id }, body }, reply) => {
      const outcome = await changeZone(id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, changeAnswers)
      return present(outcome)
    })
    const deleting = { schema: deleteSchema, config: { access } }
    http.delete('/admin/delivery-zones/:id', deleting, async ({ params: { id } }, reply) => {
      const outcome = await deleteZone(id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
