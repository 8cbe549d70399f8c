import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { AdminAttribute, ChangeAttributeBody, CodeParams, CreateAttributeBody } from '../schema.ts'
import type {
  changeAttribute,
  createAttribute,
  deleteAttribute,
  DeleteAttributeOutcome,
  SaveAttributeOutcome,
} from './edit-attributes.ts'

const removeAnswers = {
  'in-use': answer(409, 'Products or types use it', 'Его используют товары или типы'),
} satisfies Record<ReasonOf<DeleteAttributeOutcome>, Answer>

const saveAnswers = {
  ...removeAnswers,
  'code-taken': answer(409, 'Another attribute has this code', 'Свойство с таким кодом уже есть'),
  'values-missing': answer(400, 'An enum needs a list of values', 'Укажите возможные значения'),
  'values-only-for-enums': answer(
    400,
    'Only enum and multi_enum have a list of values',
    'Список значений есть только у enum и multi_enum',
  ),
  'value-twice': answer(400, 'The list names a value twice', 'Значение названо дважды'),
} satisfies Record<ReasonOf<SaveAttributeOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createAttribute>
  change: ReturnType<typeof changeAttribute>
  remove: ReturnType<typeof deleteAttribute>
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = CodeParams

export const editAttributesRoutes =
  ({ create, change, remove }: Slices): Routes =>
  (http) => {
    const problems = problemsOf(saveAnswers)
    http.post(
      '/admin/attributes',
      {
        schema: {
          tags,
          summary: 'Add an attribute',
          body: CreateAttributeBody,
          response: { 201: AdminAttribute, ...problems },
        },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, storeResponseAs<SaveAttributeOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(outcome.attribute)
      },
    )
    http.patch(
      '/admin/attributes/:code',
      {
        schema: {
          tags,
          summary: 'Change an attribute; its kind stays',
          params,
          body: ChangeAttributeBody,
          response: { 200: AdminAttribute, ...problems },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await change(request.params.code, request.body)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.send(outcome.attribute)
      },
    )
    http.delete(
      '/admin/attributes/:code',
      {
        schema: {
          tags,
          summary: 'Delete an attribute that no type has',
          params,
          response: { 204: Type.Null(), ...problemsOf(removeAnswers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.code)
        if (isRefusal(outcome)) return refuse(reply, outcome, removeAnswers)
        return reply.code(204).send(null)
      },
    )
  }

const present = (outcome: SaveAttributeOutcome): object => (outcome.kind === 'saved' ? outcome.attribute : {})
