import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminTag, ChangeTagBody, CreateTagBody } from '../schema.ts'
import type { ChangeTag, CreateTag, DeleteTag, SavedTag, SaveTagOutcome } from './edit-tags.ts'

const saveAnswers = {
  'slug-taken': answer(409, 'Another tag has this `slug`.', 'Такой `slug` уже есть у другой метки.'),
  'id-taken': answer(409, 'Another tag has this id.', 'Этот идентификатор занят другой меткой.'),
} satisfies Record<ReasonOf<SaveTagOutcome>, Answer>

type Slices = Readonly<{ createTag: CreateTag; changeTag: ChangeTag; deleteTag: DeleteTag }>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = IdParams

export const editTagsRoutes =
  ({ createTag, changeTag, deleteTag }: Slices): Routes =>
  (http) => {
    const problems = problemsOf(saveAnswers)
    http.post(
      '/admin/tags',
      {
        schema: { tags, summary: 'Add a tag', body: CreateTagBody, response: { 201: AdminTag, ...problems } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await createTag(request.body, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    http.patch(
      '/admin/tags/:id',
      {
        schema: {
          tags,
          summary: 'Change a tag',
          params,
          body: ChangeTagBody,
          response: { 200: AdminTag, ...problems },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await changeTag(request.params.id, request.body, request.locale)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return outcome.tag
      },
    )
    http.delete(
      '/admin/tags/:id',
      {
        schema: { tags, summary: 'Delete a tag', params, response: { 204: Type.Null() } },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await deleteTag(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.code(204).send(null)
      },
    )
  }

const viewOf = ({ tag }: SavedTag): AdminTag => tag
