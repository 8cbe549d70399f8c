import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminTag, ChangeTagBody, CreateTagBody } from '../schema.ts'
import type { changeTag, createTag, deleteTag, SaveTagOutcome } from './edit-tags.ts'

const saveAnswers = {
  'slug-taken': answer(409, 'Another tag has this address', 'Этот адрес занят другой меткой'),
  'id-taken': answer(409, 'Another tag has this id', 'Этот идентификатор у другой метки'),
} satisfies Record<ReasonOf<SaveTagOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createTag>
  change: ReturnType<typeof changeTag>
  remove: ReturnType<typeof deleteTag>
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = IdParams

export const editTagsRoutes =
  ({ create, change, remove }: Slices): Routes =>
  (http) => {
    const problems = problemsOf(saveAnswers)
    http.post(
      '/admin/tags',
      {
        schema: { tags, summary: 'Add a tag', body: CreateTagBody, response: { 201: AdminTag, ...problems } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, storeResponseAs<SaveTagOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(outcome.tag)
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
        const outcome = await change(request.params.id, request.body)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.send(outcome.tag)
      },
    )
    http.delete(
      '/admin/tags/:id',
      {
        schema: { tags, summary: 'Delete a tag', params, response: { 204: Type.Null() } },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.code(204).send(null)
      },
    )
  }

const present = (outcome: SaveTagOutcome): object => (outcome.kind === 'saved' ? outcome.tag : {})
