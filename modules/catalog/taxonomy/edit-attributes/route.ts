import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { staffBodyLimit } from '../../schema.ts'
import { AdminAttribute, ChangeAttributeBody, CodeParams, CreateAttributeBody } from '../schema.ts'
import type {
  ChangeAttribute,
  CreateAttribute,
  DeleteAttribute,
  DeleteAttributeOutcome,
  SaveAttributeOutcome,
  SavedAttribute,
} from './edit-attributes.ts'

const deleteAnswers = {
  'in-use': answer(409, 'Products or types use the attribute.', 'Свойство используют товары или типы.'),
} satisfies Record<ReasonOf<DeleteAttributeOutcome>, Answer>

const saveAnswers = {
  ...deleteAnswers,
  'code-taken': answer(409, 'Another attribute has this code.', 'Свойство с таким кодом уже есть.'),
  'values-missing': answer(400, 'An enum needs a list of values.', 'Укажите список возможных значений.'),
  'values-only-for-enums': answer(
    400,
    'Only enum and multi_enum have a list of values.',
    'Список значений есть только у enum и multi_enum.',
  ),
  'value-twice': answer(400, 'The list contains a value twice.', 'Значение указано в списке дважды.'),
} satisfies Record<ReasonOf<SaveAttributeOutcome>, Answer>

type Slices = Readonly<{
  createAttribute: CreateAttribute
  changeAttribute: ChangeAttribute
  deleteAttribute: DeleteAttribute
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = CodeParams

export const editAttributesRoutes =
  ({ createAttribute, changeAttribute, deleteAttribute }: Slices): Routes =>
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
        config: { access, idempotent: true, bodyLimit: staffBodyLimit },
      },
      async (request, reply) => {
        const outcome = await createAttribute(request.body, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(viewOf(outcome))
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
        config: { access, bodyLimit: staffBodyLimit },
      },
      async (request, reply) => {
        const outcome = await changeAttribute(request.params.code, request.body, request.locale)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return outcome.attribute
      },
    )
    http.delete(
      '/admin/attributes/:code',
      {
        schema: {
          tags,
          summary: 'Delete an attribute that no type uses',
          params,
          response: { 204: Type.Null(), ...problemsOf(deleteAnswers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await deleteAttribute(request.params.code)
        if (isRefusal(outcome)) return refuse(reply, outcome, deleteAnswers)
        return reply.code(204).send(null)
      },
    )
  }

const viewOf = ({ attribute }: SavedAttribute): AdminAttribute => attribute
