import { userIdOf, type Caller } from '#platform/access'
import { problemsOf, refuse, type AnyReply, type Routes } from '#platform/http'
import { isRefusal, notFound } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { Locale } from '#platform/values'
import { stepAnswers } from '../answers.ts'
import { parcelViewOf } from '../parcel-view.ts'
import { DeliverParcelBody, FailParcelBody, ParcelView } from '../schema.ts'
import type { Step, TakeStep } from '../steps.ts'

const shapes = {
  tags: ['dispatch'],
  params: IdParams,
  response: { 200: ParcelView, ...problemsOf(stepAnswers) },
}
const plainSteps = {
  accept: 'Accept the parcel that is offered to you',
  decline: 'Decline the parcel that is offered to you',
  'pick-up': 'Report that you have the parcel',
  arrive: 'Report that you are at the address',
  return: 'Report that you have returned the parcel to the shop',
} as const
const delivering = {
  ...shapes,
  summary: 'Hand the parcel over to the customer, who gives you the PIN and pays the amount due',
  body: DeliverParcelBody,
}
const failing = { ...shapes, summary: 'Report that the customer did not get the parcel', body: FailParcelBody }

export const takeStepRoutes =
  ({ takeStep }: Readonly<{ takeStep: TakeStep }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, audit: false, repeat: 'returns the parcel again' }
    const take = async (
      { params, caller, locale }: Readonly<{ params: { id: string }; caller: Caller; locale: Locale }>,
      reply: AnyReply,
      step: Step,
    ) => {
      const courier_id = userIdOf(caller)
      if (courier_id === null) return refuse(reply, notFound('parcel'))
      const outcome = await takeStep({ ...step, id: params.id, courier_id })
      return isRefusal(outcome) ? refuse(reply, outcome, stepAnswers) : parcelViewOf(outcome.parcel, locale)
    }
    for (const step of Object.keys(plainSteps) as (keyof typeof plainSteps)[]) {
      const schema = { ...shapes, summary: plainSteps[step], body: NoBody }
      http.post(`/dispatch/me/parcels/:id/${step}`, { schema, config }, (request, reply) =>
        take(request, reply, { step }),
      )
    }
    http.post('/dispatch/me/parcels/:id/deliver', { schema: delivering, config }, (request, reply) =>
      take(request, reply, { step: 'deliver', ...request.body }),
    )
    http.post('/dispatch/me/parcels/:id/fail', { schema: failing, config }, (request, reply) =>
      take(request, reply, { step: 'fail', reason: request.body.reason }),
    )
  }
