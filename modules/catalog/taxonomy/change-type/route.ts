import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { typeAnswers } from '../answers.ts'
import { AdminProductType, ChangeProductTypeBody, CodeParams } from '../schema.ts'
import type { ChangeType, ChangeTypeOutcome } from './change-type.ts'

const answers = typeAnswers satisfies Record<ReasonOf<ChangeTypeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Change a type of product',
  params: CodeParams,
  body: ChangeProductTypeBody,
  response: { 200: AdminProductType, ...problemsOf(answers) },
}

export const changeTypeRoute =
  ({ changeType }: Readonly<{ changeType: ChangeType }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.patch('/admin/types/:code', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await changeType(params.code, body, locale)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : outcome.type
    })
  }
