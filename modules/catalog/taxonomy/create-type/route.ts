import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { typeAnswers } from '../answers.ts'
import { AdminProductType, CreateProductTypeBody } from '../schema.ts'
import type { CreatedType, CreateType, CreateTypeOutcome } from './create-type.ts'

const answers = {
  ...typeAnswers,
  'code-taken': answer(409, 'Another type has this code.', 'Тип с таким кодом уже есть.'),
} satisfies Record<ReasonOf<CreateTypeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Add a type of product',
  body: CreateProductTypeBody,
  response: { 201: AdminProductType, ...problemsOf(answers) },
}

const viewOf = ({ type }: CreatedType): AdminProductType => type

export const createTypeRoute =
  ({ createType }: Readonly<{ createType: CreateType }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, idempotent: true }
    http.post('/admin/types', { schema, config }, async (request, reply) => {
      const outcome = await createType(request.body, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
