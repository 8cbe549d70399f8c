import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { pickupPointAnswers } from '../answers.ts'
import { adminPickupPointViewOf } from '../pickup-point-view.ts'
import { AdminPickupPointView, ChangePickupPointBody } from '../schema.ts'
import type { ChangePickupPoint, ChangePickupPointOutcome } from './change-pickup-point.ts'

const answers = pickupPointAnswers satisfies Record<ReasonOf<ChangePickupPointOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Change, close or open a pickup point',
  params: IdParams,
  body: ChangePickupPointBody,
  response: { 200: AdminPickupPointView, ...problemsOf(answers) },
}

export const changePickupPointRoute =
  ({ changePickupPoint }: Readonly<{ changePickupPoint: ChangePickupPoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.patch('/admin/pickup-points/:id', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changePickupPoint(params.id, body)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : adminPickupPointViewOf(outcome.point)
    })
  }
