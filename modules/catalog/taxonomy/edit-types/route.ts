import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { AdminProductType, ChangeProductTypeBody, CodeParams, CreateProductTypeBody } from '../schema.ts'
import type { ChangeType, CreateType, DeleteType, DeleteTypeOutcome, SavedType, SaveTypeOutcome } from './edit-types.ts'

const saveAnswers = {
  'code-taken': answer(409, 'Another type has this code.', 'Тип с таким кодом уже есть.'),
  'plural-taken': answer(409, 'Another type has this plural.', 'Такое множественное число уже есть у другого типа.'),
  'plural-reserved': answer(
    409,
    'The API already uses this word in another path.',
    'Это слово уже занято другим адресом API.',
  ),
  'unknown-attribute': {
    ...answer(400, 'There is no such attribute.', 'Такого свойства нет.'),
    members: { attribute: Type.String() },
  },
} satisfies Record<ReasonOf<SaveTypeOutcome>, Answer>

const deleteAnswers = {
  'in-use': answer(409, 'Products of this type exist.', 'Есть товары этого типа.'),
} satisfies Record<ReasonOf<DeleteTypeOutcome>, Answer>

type Slices = Readonly<{ createType: CreateType; changeType: ChangeType; deleteType: DeleteType }>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = CodeParams

export const editTypesRoutes =
  ({ createType, changeType, deleteType }: Slices): Routes =>
  (http) => {
    const problems = problemsOf(saveAnswers)
    http.post(
      '/admin/types',
      {
        schema: {
          tags,
          summary: 'Add a type of product',
          body: CreateProductTypeBody,
          response: { 201: AdminProductType, ...problems },
        },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await createType(request.body, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    http.patch(
      '/admin/types/:code',
      {
        schema: {
          tags,
          summary: 'Change a type of product',
          params,
          body: ChangeProductTypeBody,
          response: { 200: AdminProductType, ...problems },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await changeType(request.params.code, request.body, request.locale)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return outcome.type
      },
    )
    http.delete(
      '/admin/types/:code',
      {
        schema: {
          tags,
          summary: 'Delete a type without products',
          params,
          response: { 204: Type.Null(), ...problemsOf(deleteAnswers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await deleteType(request.params.code)
        if (isRefusal(outcome)) return refuse(reply, outcome, deleteAnswers)
        return reply.code(204).send(null)
      },
    )
  }

const viewOf = ({ type }: SavedType): AdminProductType => type
