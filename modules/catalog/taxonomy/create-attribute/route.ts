import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { staffBodyLimit } from '../../schema.ts'
import { attributeAnswers } from '../answers.ts'
import { AdminAttribute, CreateAttributeBody } from '../schema.ts'
import type { CreatedAttribute, CreateAttribute, CreateAttributeOutcome } from './create-attribute.ts'

const answers = {
  ...attributeAnswers,
  'code-taken': answer(409, 'Another attribute has this code.', 'Свойство с таким кодом уже есть.'),
} satisfies Record<ReasonOf<CreateAttributeOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Add an attribute',
  body: CreateAttributeBody,
  response: { 201: AdminAttribute, ...problemsOf(answers) },
}

const viewOf = ({ attribute }: CreatedAttribute): AdminAttribute => attribute

export const createAttributeRoute =
  ({ createAttribute }: Readonly<{ createAttribute: CreateAttribute }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, idempotent: true, bodyLimit: staffBodyLimit }
    http.post('/admin/attributes', { schema, config }, async (request, reply) => {
      const outcome = await createAttribute(request.body, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
