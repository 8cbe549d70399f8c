import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { adminPickupPointViewOf } from '../pickup-point-view.ts'
import { AdminPickupPointView, ChangePickupPointBody, CreatePickupPointBody } from '../schema.ts'
import type {
  ChangePickupPoint,
  ChangePickupPointOutcome,
  CreatePickupPoint,
  CreatePickupPointOutcome,
  SavedPickupPoint,
} from './edit-pickup-points.ts'

const changeAnswers = {
  'unknown-timezone': answer(
    400,
    'This is not an IANA time zone. Send one such as Europe/Moscow.',
    'Такого часового пояса IANA нет. Укажите, например, Europe/Moscow.',
  ),
  'wrong-hours': answer(
    400,
    'A pickup point must open before it closes, and the hours of a day must not overlap.',
    'Пункт выдачи должен открываться раньше, чем закрывается, а часы одного дня не должны пересекаться.',
  ),
  'incomplete-coordinates': answer(
    400,
    'A pickup point has both a latitude and a longitude, or neither.',
    'У пункта выдачи либо есть и широта, и долгота, либо нет ни того, ни другого.',
  ),
} satisfies Record<ReasonOf<ChangePickupPointOutcome>, Answer>

const createAnswers = {
  ...changeAnswers,
  'id-taken': answer(409, 'Another pickup point has this id.', 'Этот идентификатор занят другим пунктом выдачи.'),
} satisfies Record<ReasonOf<CreatePickupPointOutcome>, Answer>

const tags = ['delivery']
const access = { permission: 'delivery.write' }

const createSchema = {
  tags,
  summary: 'Add a pickup point',
  body: CreatePickupPointBody,
  response: { 201: AdminPickupPointView, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Change, close or open a pickup point',
  params: IdParams,
  body: ChangePickupPointBody,
  response: { 200: AdminPickupPointView, ...problemsOf(changeAnswers) },
}

const present = ({ point }: SavedPickupPoint) => adminPickupPointViewOf(point)

type Slices = Readonly<{ createPickupPoint: CreatePickupPoint; changePickupPoint: ChangePickupPoint }>

export const editPickupPointsRoutes =
  ({ createPickupPoint, changePickupPoint }: Slices): Routes =>
  (http) => {
    const creating = { schema: createSchema, config: { access, idempotent: true } }
    http.post('/admin/pickup-points', creating, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createPickupPoint(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, createAnswers)
      return reply.code(201).send(present(outcome))
    })

    http.patch(
      '/admin/pickup-points/:id',
      { schema: changeSchema, config: { access } },
      async ({ params, body }, reply) => {
        const outcome = await changePickupPoint(params.id, body)
        if (isRefusal(outcome)) return refuse(reply, outcome, changeAnswers)
        return present(outcome)
      },
    )
  }
