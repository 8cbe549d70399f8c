import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { staffBodyLimit } from '../../schema.ts'
import { attributeAnswers, attributeInUse } from '../answers.ts'
import { AdminAttribute, ChangeAttributeBody, CodeParams } from '../schema.ts'
import type { ChangeAttribute, ChangeAttributeOutcome } from './change-attribute.ts'

const answers = { ...attributeAnswers, ...attributeInUse } satisfies Record<ReasonOf<ChangeAttributeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Change an attribute; its kind stays',
  params: CodeParams,
  body: ChangeAttributeBody,
  response: { 200: AdminAttribute, ...problemsOf(answers) },
}

export const changeAttributeRoute =
  ({ changeAttribute }: Readonly<{ changeAttribute: ChangeAttribute }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, bodyLimit: staffBodyLimit }
    http.patch('/admin/attributes/:code', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await changeAttribute(params.code, body, locale)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : outcome.attribute
    })
  }
