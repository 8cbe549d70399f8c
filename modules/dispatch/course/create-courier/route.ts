import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { nameMissing, volumeInvalid } from '../answers.ts'
import { courierViewOf } from '../courier-view.ts'
import { CreateGridCourierBody, GridCourierView } from '../schema.ts'
import type { CreateCourier, CreateCourierOutcome, CreatedCourier } from './create-courier.ts'

const answers = {
  'name-missing': nameMissing,
  'volume-invalid': volumeInvalid,
  'speed-invalid': answer(
    400,
    'The speed must be a whole number of at least 1.',
    'Скорость должна быть целым числом не меньше 1.',
  ),
  'id-taken': answer(409, 'Another courier has this id.', 'Этот идентификатор занят другим курьером.'),
} satisfies Record<ReasonOf<CreateCourierOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Add a courier to a random cell of the grid',
  body: CreateGridCourierBody,
  response: { 201: GridCourierView, ...problemsOf(answers) },
}

const present = ({ courier }: CreatedCourier) => courierViewOf(courier)

export const createCourierRoute =
  ({ createCourier }: Readonly<{ createCourier: CreateCourier }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, idempotent: true }
    http.post('/dispatch/couriers', { schema, config }, async (request, reply) => {
      const { id = operationIdOf(request), ...body } = request.body
      const outcome = await createCourier({ ...body, id: id.toLowerCase() }, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
