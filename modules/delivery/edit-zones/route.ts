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
    'A zone needs `places`, or a circle with `lat`, `lng` and `radius_m`.',
    'Укажите населённые пункты зоны (`places`) или круг: `lat`, `lng` и `radius_m`.',
  ),
  'incomplete-circle': answer(
    400,
    'A circle needs `lat`, `lng` and `radius_m`. Send all three, or none.',
    'Круг задают `lat`, `lng` и `radius_m`. Передайте все три или ни одного.',
  ),
  'wrong-window': answer(
    400,
    'A delivery window needs `earliest_minutes` and a `latest_minutes` that is not smaller. Send both, or neither.',
    'Срок доставки задают `earliest_minutes` и `latest_minutes`, и первое не больше второго. Передайте оба или ни одного.',
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
  description: 'Without zones, couriers deliver everywhere for free; with zones, only to these.',
  body: CreateZoneBody,
  response: { 201: ZoneView, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Change a zone, or switch it on or off',
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
