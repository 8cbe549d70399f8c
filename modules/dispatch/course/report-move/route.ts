import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { courierViewOf } from '../courier-view.ts'
import { GridCourierView, GridLocation } from '../schema.ts'
import type { ReportMove, ReportMoveOutcome } from './report-move.ts'

const answers = {
  'location-out-of-range': answer(400, 'The cell is outside the grid.', 'Клетка вне поля.'),
} satisfies Record<ReasonOf<ReportMoveOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Report the cell of a courier of the grid',
  params: IdParams,
  body: GridLocation,
  response: { 200: GridCourierView, ...problemsOf(answers) },
}

export const reportMoveRoute =
  ({ reportMove }: Readonly<{ reportMove: ReportMove }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, repeat: 'reports the same cell again' }
    http.post('/dispatch/couriers/:id/move', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await reportMove({ courier_id: params.id, ...body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return courierViewOf(outcome.courier)
    })
  }
