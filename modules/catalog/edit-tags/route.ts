import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, rememberAs, type Routes } from '#platform/http'
import { Id, IdParams, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeTag } from '../whole-shapes.ts'
import type { EditTags, TagOutcome } from './edit-tags.ts'

const answers = {
  'slug-taken': answer(409, 'Another tag has this address', 'Этот адрес занят другой меткой'),
  'id-taken': answer(409, 'This id belongs to something else', 'Этот идентификатор занят'),
} satisfies Record<Extract<TagOutcome, { kind: 'refused' }>['because'], Answer>

const Body = Type.Object(
  { id: Type.Optional(Id), slug: Type.Optional(Slug), name: TextGiven(100) },
  { additionalProperties: false },
)
const Change = Type.Object(
  { slug: Type.Optional(Slug), name: Type.Optional(TextGiven(100)) },
  { additionalProperties: false, minProperties: 1 },
)

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const present = (outcome: TagOutcome): object => (outcome.kind === 'kept' ? outcome.tag : {})

export const editTagsRoute =
  ({ create, change, remove }: EditTags): Routes =>
  (http) => {
    const refusals = problemsOf(answers)
    http.post(
      '/admin/tags',
      {
        schema: { tags, summary: 'Add a tag', body: Body, response: { 201: WholeTag, ...refusals } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, rememberAs<TagOutcome>(reply, 201, present))
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('tag')
        return reply.code(201).send(outcome.tag)
      },
    )
    http.patch(
      '/admin/tags/:id',
      {
        schema: {
          tags,
          summary: 'Change a tag',
          params: IdParams,
          body: Change,
          response: { 200: WholeTag, ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await change(request.params.id, request.body)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('tag')
        return reply.send(outcome.tag)
      },
    )
    http.delete(
      '/admin/tags/:id',
      {
        schema: { tags, summary: 'Delete a tag', params: IdParams, response: { 204: Type.Null() } },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.id)
        if (outcome.kind !== 'removed') throw notFound('tag')
        return reply.code(204).send(null)
      },
    )
  }
