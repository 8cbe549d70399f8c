import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { nameMissing, volumeInvalid } from '../answers.ts'
import { courierViewOf } from '../courier-view.ts'
import { AddStoragePlaceBody, GridCourierView } from '../schema.ts'
import {
  maxPlaces,
  type AddedStoragePlace,
  type AddStoragePlace,
  type AddStoragePlaceOutcome,
} from './add-storage-place.ts'

const answers = {
  'name-missing': nameMissing,
  'volume-invalid': volumeInvalid,
  'too-many-places': answer(
    409,
    `A courier may have at most ${maxPlaces} places.`,
    `У курьера может быть не больше ${maxPlaces} мест.`,
  ),
  'id-taken': answer(409, 'Another place has this id.', 'Этот идентификатор занят другим местом.'),
} satisfies Record<ReasonOf<AddStoragePlaceOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Add a storage place to a courier of the grid',
  params: IdParams,
  body: AddStoragePlaceBody,
  response: { 201: GridCourierView, ...problemsOf(answers) },
}

const present = ({ courier }: AddedStoragePlace) => courierViewOf(courier)

export const addStoragePlaceRoute =
  ({ addStoragePlace }: Readonly<{ addStoragePlace: AddStoragePlace }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, idempotent: true }
    http.post('/dispatch/couriers/:id/storage-places', { schema, config }, async (request, reply) => {
      const { id = operationIdOf(request), ...body } = request.body
      const input = { ...body, id: id.toLowerCase(), courier_id: request.params.id.toLowerCase() }
      const outcome = await addStoragePlace(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
