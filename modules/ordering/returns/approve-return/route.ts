import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { returnAnswers } from '../answers.ts'
import { adminReturnViewOf } from '../return-view.ts'
import { AdminReturnView, ApproveReturnBody } from '../schema.ts'
import type { ApproveReturn, ApproveReturnOutcome } from './approve-return.ts'

const answers = returnAnswers satisfies Record<ReasonOf<ApproveReturnOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Approve the return of a buyer',
  params: IdParams,
  body: ApproveReturnBody,
  response: { 200: AdminReturnView, ...problemsOf(answers) },
}

export const approveReturnRoute =
  ({ approveReturn }: Readonly<{ approveReturn: ApproveReturn }>): Routes =>
  (http) => {
    const repeat = 'Changes nothing.'
    const config = { access: { permission: 'orders.write' }, repeat }
    http.post('/admin/order-returns/:id/approve', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await approveReturn({ return_id: params.id, answer: body.answer ?? null })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return adminReturnViewOf(outcome.return, locale)
    })
  }
