import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { returnAnswers } from '../answers.ts'
import { adminReturnViewOf } from '../return-view.ts'
import { AdminReturnView, RefuseReturnBody } from '../schema.ts'
import type { RefuseReturn, RefuseReturnOutcome } from './refuse-return.ts'

const answers = returnAnswers satisfies Record<ReasonOf<RefuseReturnOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Refuse the return of a buyer, also when its goods never came',
  params: IdParams,
  body: RefuseReturnBody,
  response: { 200: AdminReturnView, ...problemsOf(answers) },
}

export const refuseReturnRoute =
  ({ refuseReturn }: Readonly<{ refuseReturn: RefuseReturn }>): Routes =>
  (http) => {
    const repeat = 'Changes nothing.'
    const config = { access: { permission: 'orders.write' }, repeat }
    http.post('/admin/order-returns/:id/refuse', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await refuseReturn({ return_id: params.id, answer: body.answer })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return adminReturnViewOf(outcome.return, locale)
    })
  }
