import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminFaqEntry, ChangeFaqBody } from '../schema.ts'
import { adminFaqViewOf } from '../views.ts'
import type { ChangeFaq } from './change-faq.ts'

const schema = {
  tags: ['support'],
  summary: 'Change a question',
  params: IdParams,
  body: ChangeFaqBody,
  response: { 200: AdminFaqEntry },
}

export const changeFaqRoute =
  ({ changeFaq }: Readonly<{ changeFaq: ChangeFaq }>): Routes =>
  (http) => {
    const config = { access: { permission: 'support.answer' } }
    http.patch('/admin/faq/:id', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeFaq(params.id, body)
      return isRefusal(outcome) ? refuse(reply, outcome) : adminFaqViewOf(outcome.entry)
    })
  }
