import { userIdOf } from '#platform/access'
import { answer, notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { ReportPositionsBody, ReportPositionsView } from '../schema.ts'
import type { ReportPositions, ReportPositionsOutcome } from './report-positions.ts'

const answers = {
  'off-duty': answer(
    409,
    'Your position is not stored while you are off duty.',
    'Вне смены ваше положение не сохраняется.',
  ),
} satisfies Record<ReasonOf<ReportPositionsOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Report where you are and where you were since the last report',
  description: 'Customers see your position while you bring them their parcel. A job deletes old positions.',
  body: ReportPositionsBody,
  response: { 200: ReportPositionsView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

export const reportPositionsRoute =
  ({ reportPositions }: Readonly<{ reportPositions: ReportPositions }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, audit: false, repeat: 'saves each moment once' }
    http.post('/dispatch/me/positions', { schema, config }, async ({ body, caller }, reply) => {
      const courier_id = userIdOf(caller)
      if (courier_id === null) return refuse(reply, notFound('courier'))
      const outcome = await reportPositions({ courier_id, positions: body.positions })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return { arrived: [...outcome.arrived] }
    })
  }
