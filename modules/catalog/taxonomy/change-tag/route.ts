import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { tagAnswers } from '../answers.ts'
import { AdminTag, ChangeTagBody } from '../schema.ts'
import type { ChangeTag, ChangeTagOutcome } from './change-tag.ts'

const answers = tagAnswers satisfies Record<ReasonOf<ChangeTagOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Change a tag',
  params: IdParams,
  body: ChangeTagBody,
  response: { 200: AdminTag, ...problemsOf(answers) },
}

export const changeTagRoute =
  ({ changeTag }: Readonly<{ changeTag: ChangeTag }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.patch('/admin/tags/:id', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await changeTag(params.id, body, locale)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : outcome.tag
    })
  }
