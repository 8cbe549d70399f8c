import { userIdOf } from '#platform/access'
import { answer, notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { stepAnswers } from '../answers.ts'
import { parcelViewOf } from '../parcel-view.ts'
import { ReportStepsBody, ReportStepsView } from '../schema.ts'
import type { ReportSteps } from './report-steps.ts'

const answers = {
  ...stepAnswers,
  'not-found': answer(404, 'There is no such parcel of yours.', 'У вас нет такой посылки.'),
  'reason-missing': answer(400, 'Say why the customer does not get the parcel.', 'Укажите, почему посылка не вручена.'),
}

const schema = {
  tags: ['dispatch'],
  summary: 'Report steps that were made without a network',
  description: `Steps are taken in the order of their times. Each report has an id of your program: a repeat gives the answer of the
first and changes nothing. A step that is refused is not stored, so it may be sent again; only a wrong PIN is. Times ahead of the
clock of the shop count as now.`,
  body: ReportStepsBody,
  response: { 200: ReportStepsView, ...problemsOf(notFoundAnswer) },
}

export const reportStepsRoute =
  ({ reportSteps }: Readonly<{ reportSteps: ReportSteps }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, repeat: 'returns the first results again' }
    http.post('/dispatch/me/reports', { schema, config }, async ({ body, caller, locale }, reply) => {
      const courier_id = userIdOf(caller)
      if (courier_id === null) return refuse(reply, notFound('courier'))
      const results = await reportSteps({ courier_id, reports: body.reports })
      return {
        results: results.map((result) =>
          result.kind === 'taken'
            ? {
                id: result.id,
                outcome: 'taken' as const,
                code: null,
                detail: null,
                parcel: parcelViewOf(result.parcel, locale),
              }
            : {
                id: result.id,
                outcome: 'refused' as const,
                code: result.reason,
                detail: answers[result.reason][locale],
                parcel: null,
              },
        ),
      }
    })
  }
