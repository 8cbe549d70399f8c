import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { AdminProductType, ChangeProductTypeBody, CodeParams, CreateProductTypeBody } from '../schema.ts'
import type { changeType, createType, deleteType, DeleteTypeOutcome, SaveTypeOutcome } from './edit-types.ts'

const saveAnswers = {
  'code-taken': answer(409, 'Another type has this code', 'Тип с таким кодом уже есть'),
  'plural-taken': answer(409, 'Another type has this plural', 'Такое множественное число у другого типа'),
  'plural-reserved': answer(409, 'The API uses this word for another address', 'Этот адрес в API занят'),
  'unknown-attribute': answer(400, 'There is no such attribute', 'Такого свойства нет'),
} satisfies Record<ReasonOf<SaveTypeOutcome>, Answer>

const removeAnswers = {
  'in-use': answer(409, 'Products of this type exist', 'Есть товары этого типа'),
} satisfies Record<ReasonOf<DeleteTypeOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createType>
  change: ReturnType<typeof changeType>
  remove: ReturnType<typeof deleteType>
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = CodeParams

export const editTypesRoutes =
  ({ create, change, remove }: Slices): Routes =>
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
        const outcome = await create(request.body, storeResponseAs<SaveTypeOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(outcome.type)
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
        const outcome = await change(request.params.code, request.body)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.send(outcome.type)
      },
    )
    http.delete(
      '/admin/types/:code',
      {
        schema: {
          tags,
          summary: 'Delete a type without products',
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

const present = (outcome: SaveTypeOutcome): object => (outcome.kind === 'saved' ? outcome.type : {})
