import { Type } from 'typebox'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { draftAnswers } from '../answers.ts'
import type { DeleteDraft, DeleteDraftOutcome } from './delete-draft.ts'

const answers = { 'draft-placed': draftAnswers['draft-placed'] } satisfies Record<ReasonOf<DeleteDraftOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Delete a draft of an order',
  params: IdParams,
  response: { 204: Type.Null(), ...problemsOf(answers) },
}

export const deleteDraftRoute =
  ({ deleteDraft }: Readonly<{ deleteDraft: DeleteDraft }>): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' } }
    http.delete('/admin/order-drafts/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteDraft(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
