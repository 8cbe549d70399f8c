import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { zoneAnswers } from '../answers.ts'
import { ChangeZoneBody, ZoneView } from '../zone-schema.ts'
import { zoneViewOf } from '../zone-view.ts'
import type { ChangeZone, ChangeZoneOutcome } from './change-zone.ts'

const answers = zoneAnswers satisfies Record<ReasonOf<ChangeZoneOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Change a zone, or switch it on or off',
  params: IdParams,
  body: ChangeZoneBody,
  response: { 200: ZoneView, ...problemsOf(answers) },
}

export const changeZoneRoute =
  ({ changeZone }: Readonly<{ changeZone: ChangeZone }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.patch('/admin/delivery-zones/:id', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeZone(params.id, body)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : zoneViewOf(outcome.zone)
    })
  }
