import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { tagAnswers } from '../answers.ts'
import { AdminTag, CreateTagBody } from '../schema.ts'
import type { CreatedTag, CreateTag, CreateTagOutcome } from './create-tag.ts'

const answers = {
  ...tagAnswers,
  'id-taken': answer(409, 'Another tag has this id.', 'Этот идентификатор занят другой меткой.'),
} satisfies Record<ReasonOf<CreateTagOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Add a tag',
  body: CreateTagBody,
  response: { 201: AdminTag, ...problemsOf(answers) },
}

const viewOf = ({ tag }: CreatedTag): AdminTag => tag

export const createTagRoute =
  ({ createTag }: Readonly<{ createTag: CreateTag }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, idempotent: true }
    http.post('/admin/tags', { schema, config }, async (request, reply) => {
      const outcome = await createTag(request.body, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
