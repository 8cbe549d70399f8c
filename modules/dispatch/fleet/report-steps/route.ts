import { userIdOf } from '#platform/access'
import { answer, notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { stepAnswers } from '../answers.ts'
import { parcelViewOf } from '../parcel-view.ts'
import { ReportStepsBody, ReportStepsView } from '../schema.ts'
import type { ReportSteps } from './report-steps.ts'

const answers = {
  ...stepAnswers,
  'not-found': answer(404, 'You have no such parcel.', 'У вас нет такой посылки.'),
  'wrong-time': answer(
    400,
    'The time of this report is not between the years 1970 and 2199. Check the clock of the telephone.',
    'Время этого отчёта вне 1970–2199 годов. Проверьте часы телефона.',
  ),
  'reason-missing': answer(
    400,
    'Say why the customer did not get the parcel.',
    'Укажите, почему посылку не удалось вручить.',
  ),
}

const schema = {
  tags: ['dispatch'],
  summary: 'Report steps that were taken without a network',
  description: `Steps are applied in the order of their times. Your program gives each report an id: a repeat gets the answer of the
first report and changes nothing. A refused step is not stored, so it may be sent again; only a wrong PIN is counted. Times ahead
of the clock of the shop count as now.`,
  body: ReportStepsBody,
  response: { 200: ReportStepsView, ...problemsOf(notFoundAnswer) },
}

export const reportStepsRoute =
  ({ reportSteps }: Readonly<{ reportSteps: ReportSteps }>): Routes =>
  (http) => {
    const config = {
      access: { permission: 'delivery.deliver' },
      audit: false,
      repeat: 'returns the first results again',
    }
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
                parcel: result.parcel.courier_id === courier_id ? parcelViewOf(result.parcel, locale) : null,
              }
            : {
                id: result.id,
                outcome: result.reason === 'report-kept' ? ('kept' as const) : ('refused' as const),
                code: result.reason,
                detail: answers[result.reason][locale],
                parcel: null,
              },
        ),
      }
    })
  }
