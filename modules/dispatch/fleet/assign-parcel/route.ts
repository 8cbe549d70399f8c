import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { parcelViewOf } from '../parcel-view.ts'
import { AssignParcelBody, ParcelView } from '../schema.ts'
import type { AssignParcel, AssignParcelOutcome } from './assign-parcel.ts'

const answers = {
  'already-picked-up': answer(409, 'A courier already has the parcel.', 'Посылка уже у курьера.'),
  'is-over': answer(
    409,
    'The parcel is delivered, cancelled or on its way back.',
    'Посылка вручена, отменена или возвращается.',
  ),
  'may-not-deliver': answer(
    409,
    'The account of the courier is blocked, or its role does not deliver. Choose another courier.',
    'Учётная запись курьера заблокирована, или её роль не доставляет заказы. Выберите другого курьера.',
  ),
} satisfies Record<ReasonOf<AssignParcelOutcome>, Answer>

const response = { 200: ParcelView, ...problemsOf(answers) }
const tags = ['dispatch']
const assigning = { tags, summary: 'Give a parcel to a courier', params: IdParams, body: AssignParcelBody, response }
const unassigning = { tags, summary: 'Take a parcel from its courier', params: IdParams, body: NoBody, response }

export const assignParcelRoutes =
  ({ assignParcel }: Readonly<{ assignParcel: AssignParcel }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, repeat: 'returns the parcel again' }
    http.post(
      '/dispatch/parcels/:id/assign',
      { schema: assigning, config },
      async ({ params, body, locale }, reply) => {
        const outcome = await assignParcel({ id: params.id, courier_id: body.courier_id.toLowerCase() })
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return parcelViewOf(outcome.parcel, locale)
      },
    )

    http.post('/dispatch/parcels/:id/unassign', { schema: unassigning, config }, async ({ params, locale }, reply) => {
      const outcome = await assignParcel({ id: params.id, courier_id: null })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return parcelViewOf(outcome.parcel, locale)
    })
  }
