import { Type } from 'typebox'
import { answer, type Answer, type Routes } from '#platform/http'
import { Id, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeTag } from '../whole-shapes.ts'
import { wordRoutes } from '../word-routes.ts'
import type { EditTags, TagOutcome } from './edit-tags.ts'

const answers = {
  'slug-taken': answer(409, 'Another tag has this address', 'Этот адрес занят другой меткой'),
  'id-taken': answer(409, 'This id belongs to something else', 'Этот идентификатор занят'),
} satisfies Record<Extract<TagOutcome, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  { id: Type.Optional(Id), slug: Type.Optional(Slug), name: TextGiven(100) },
  { additionalProperties: false },
)
const Change = Type.Object(
  { slug: Type.Optional(Slug), name: Type.Optional(TextGiven(100)) },
  { additionalProperties: false, minProperties: 1 },
)

export const editTagsRoute = (edit: EditTags): Routes =>
  wordRoutes({
    path: '/admin/tags',
    key: { id: Id },
    noun: 'tag',
    summaries: { create: 'Add a tag', change: 'Change a tag', remove: 'Delete a tag' },
    input: Body,
    change: Change,
    whole: WholeTag,
    answers,
    lastsBecause: [],
    edit,
    shown: ({ tag }) => tag,
  })
