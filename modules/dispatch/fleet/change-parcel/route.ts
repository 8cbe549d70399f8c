import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { parcelViewOf } from '../parcel-view.ts'
import { ChangeParcelBody, ParcelView } from '../schema.ts'
import type { ChangeParcel, ChangeParcelOutcome } from './change-parcel.ts'

const answers = {
  'is-over': answer(
    409,
    'The parcel is delivered, cancelled or on its way back.',
    'Посылка вручена, отменена или возвращается.',
  ),
  'wrong-window': answer(
    400,
    'The delivery window must begin before it ends.',
    'Интервал доставки должен начинаться раньше, чем кончается.',
  ),
} satisfies Record<ReasonOf<ChangeParcelOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Promise another delivery window of a parcel, correct its volume, or say which skills its courier needs',
  params: IdParams,
  body: ChangeParcelBody,
  response: { 200: ParcelView, ...problemsOf(answers) },
}

export const changeParcelRoute =
  ({ changeParcel }: Readonly<{ changeParcel: ChangeParcel }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' } }
    http.patch('/dispatch/parcels/:id', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await changeParcel({ ...body, id: params.id })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return parcelViewOf(outcome.parcel, locale)
    })
  }
