import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { AdminFaqEntry, CreateFaqBody } from '../schema.ts'
import { adminFaqViewOf } from '../views.ts'
import type { CreatedFaq, CreateFaq, CreateFaqOutcome } from './create-faq.ts'

const answers = {
  'id-taken': answer(409, 'Another entry has this id.', 'Этот идентификатор занят другой записью.'),
} satisfies Record<ReasonOf<CreateFaqOutcome>, Answer>

const schema = {
  tags: ['support'],
  summary: 'Add a question with its answer',
  body: CreateFaqBody,
  response: { 201: AdminFaqEntry, ...problemsOf(answers) },
}

const viewOf = ({ entry }: CreatedFaq) => adminFaqViewOf(entry)

export const createFaqRoute =
  ({ createFaq }: Readonly<{ createFaq: CreateFaq }>): Routes =>
  (http) => {
    const config = { access: { permission: 'support.answer' }, idempotent: true }
    http.post('/admin/faq', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createFaq(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
