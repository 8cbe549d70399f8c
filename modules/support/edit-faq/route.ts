import { Type } from 'typebox'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminFaqEntry, ChangeFaqBody, CreateFaqBody } from '../schema.ts'
import { adminFaqViewOf } from '../views.ts'
import type { ChangeFaq, CreateFaq, CreateFaqOutcome, DeleteFaq, SavedFaq } from './edit-faq.ts'

const answers = {
  'id-taken': answer(409, 'Another entry has this id.', 'Этот идентификатор занят другой записью.'),
} satisfies Record<ReasonOf<CreateFaqOutcome>, Answer>

const tags = ['support']
const access = { permission: 'support.answer' }
const params = IdParams
const present = ({ entry }: SavedFaq) => adminFaqViewOf(entry)

type Slices = Readonly<{ createFaq: CreateFaq; changeFaq: ChangeFaq; deleteFaq: DeleteFaq }>

export const editFaqRoutes =
  ({ createFaq, changeFaq, deleteFaq }: Slices): Routes =>
  (http) => {
    const creating = {
      schema: {
        tags,
        summary: 'Add a question with its answer',
        body: CreateFaqBody,
        response: { 201: AdminFaqEntry, ...problemsOf(answers) },
      },
      config: { access, idempotent: true },
    }
    http.post('/admin/faq', creating, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createFaq(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
    const changing = {
      tags,
      summary: 'Change a question',
      params,
      body: ChangeFaqBody,
      response: { 200: AdminFaqEntry },
    }
    http.patch('/admin/faq/:id', { schema: changing, config: { access } }, async ({ params, body }, reply) => {
      const outcome = await changeFaq(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return present(outcome)
    })
    const deleting = { tags, summary: 'Delete a question', params, response: { 204: Type.Null() } }
    http.delete('/admin/faq/:id', { schema: deleting, config: { access } }, async ({ params }, reply) => {
      const outcome = await deleteFaq(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
