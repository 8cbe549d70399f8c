import { answer, type Answer, type Routes } from '#platform/http'
import { Id } from '#platform/schema'
import type { ReasonOf } from '#platform/outcome'
import { AdminTag, ChangeTagInput, CreateTagInput } from '../schema.ts'
import { termRoutes } from '../terms/route.ts'
import type { changeTag, createTag, removeTag, SaveTagOutcome } from './edit-tags.ts'

const answers = {
  'slug-taken': answer(409, 'Another tag has this address', 'Этот адрес занят другой меткой'),
  'id-taken': answer(409, 'Another tag has this id', 'Этот идентификатор у другой метки'),
} satisfies Record<ReasonOf<SaveTagOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createTag>
  change: ReturnType<typeof changeTag>
  remove: ReturnType<typeof removeTag>
}>

export const editTagsRoutes = (slices: Slices): Routes =>
  termRoutes({
    path: '/admin/tags',
    key: { id: Id },
    summaries: { create: 'Add a tag', change: 'Change a tag', remove: 'Delete a tag' },
    createInput: CreateTagInput,
    changeInput: ChangeTagInput,
    view: AdminTag,
    answers: { save: answers, remove: {} },
    ...slices,
  })
