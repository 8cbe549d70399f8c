import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { parcelViewOf } from '../parcel-view.ts'
import { ParcelView } from '../schema.ts'
import type { AnswerOffer, AnswerOfferOutcome } from './answer-offer.ts'

const answers = {
  'offer-expired': answer(409, 'The time for an answer is over.', 'Время на ответ истекло.'),
  'not-offered': answer(409, 'This parcel is not offered to you any more.', 'Эту посылку вам больше не предлагают.'),
} satisfies Record<ReasonOf<AnswerOfferOutcome>, Answer>

const schemaOf = (summary: string) => ({
  tags: ['dispatch'],
  summary,
  params: IdParams,
  body: NoBody,
  response: { 200: ParcelView, ...problemsOf(answers) },
})
const verbs = {
  accept: schemaOf('Take the parcel that is offered to you'),
  decline: schemaOf('Leave a parcel to another courier'),
}

export const answerOfferRoutes =
  ({ answerOffer }: Readonly<{ answerOffer: AnswerOffer }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, repeat: 'returns the parcel again' }
    for (const verb of ['accept', 'decline'] as const)
      http.post(
        `/dispatch/me/parcels/:id/${verb}`,
        { schema: verbs[verb], config },
        async ({ params, caller, locale }, reply) => {
          const courier_id = userIdOf(caller)
          if (courier_id === null) return refuse(reply, notFound('parcel'))
          const outcome = await answerOffer({ id: params.id, courier_id, answer: verb })
          if (isRefusal(outcome)) return refuse(reply, outcome, answers)
          return parcelViewOf(outcome.parcel, locale)
        },
      )
  }
