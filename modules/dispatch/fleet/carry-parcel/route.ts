import { userIdOf, type Caller } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type AnyReply, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { Locale } from '#platform/values'
import { parcelViewOf } from '../parcel-view.ts'
import { DeliverParcelBody, FailParcelBody, ParcelView } from '../schema.ts'
import type { CarryParcel, CarryParcelOutcome, CarryStep } from './carry-parcel.ts'

const answers = {
  'not-accepted': answer(409, 'Take the parcel first.', 'Сначала примите посылку.'),
  'not-picked-up': answer(409, 'You do not have this parcel.', 'У вас нет этой посылки.'),
  'wrong-pin': answer(409, 'The PIN is wrong.', 'Код неверен.'),
  'pin-locked': answer(
    409,
    'Too many wrong PINs: staff can deliver the parcel.',
    'Слишком много неверных кодов: вручение подтвердит сотрудник.',
  ),
  'not-failed': answer(409, 'This parcel is not on its way back.', 'Эта посылка не возвращается.'),
} satisfies Record<ReasonOf<CarryParcelOutcome>, Answer>

const tags = ['dispatch']
const shapes = { tags, params: IdParams, response: { 200: ParcelView, ...problemsOf(answers) } }
const pickingUp = { ...shapes, summary: 'Report that you have the parcel', body: NoBody }
const delivering = {
  ...shapes,
  summary: 'Hand the parcel over to the customer who says the PIN',
  body: DeliverParcelBody,
}
const failing = { ...shapes, summary: 'Report that the customer does not get the parcel', body: FailParcelBody }
const returning = { ...shapes, summary: 'Report that the shop has the parcel again', body: NoBody }

export const carryParcelRoutes =
  ({ carryParcel }: Readonly<{ carryParcel: CarryParcel }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, repeat: 'returns the parcel again' }
    const carry = async (
      { params, caller, locale }: Readonly<{ params: { id: string }; caller: Caller; locale: Locale }>,
      reply: AnyReply,
      step: CarryStep,
    ) => {
      const courier_id = userIdOf(caller)
      if (courier_id === null) return refuse(reply, notFound('parcel'))
      const outcome = await carryParcel({ ...step, id: params.id, courier_id })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : parcelViewOf(outcome.parcel, locale)
    }
    http.post('/dispatch/me/parcels/:id/pick-up', { schema: pickingUp, config }, (request, reply) =>
      carry(request, reply, { step: 'pick-up' }),
    )
    http.post('/dispatch/me/parcels/:id/deliver', { schema: delivering, config }, (request, reply) =>
      carry(request, reply, { step: 'deliver', pin: request.body.pin }),
    )
    http.post('/dispatch/me/parcels/:id/fail', { schema: failing, config }, (request, reply) =>
      carry(request, reply, { step: 'fail', reason: request.body.reason }),
    )
    http.post('/dispatch/me/parcels/:id/return', { schema: returning, config }, (request, reply) =>
      carry(request, reply, { step: 'return' }),
    )
  }
