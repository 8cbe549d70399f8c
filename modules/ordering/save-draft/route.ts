import { userIdOf } from '#platform/access'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { draftAnswers } from '../answers.ts'
import { draftViewOf } from '../order-view.ts'
import { DraftView, SaveDraftBody } from '../request-schema.ts'
import type { SaveDraft, SaveDraftOutcome } from './save-draft.ts'

const { 'draft-incomplete': _, ...answers } = draftAnswers
const savingAnswers = answers satisfies Record<ReasonOf<SaveDraftOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Save a draft of an order for a buyer on the phone',
  description:
    'You choose the id of a new draft. A change replaces the whole content, and needs the `version` that you have read. A draft holds no stock, and is deleted 30 days after its last change.',
  params: IdParams,
  body: SaveDraftBody,
  response: { 200: DraftView, ...problemsOf(savingAnswers) },
}

export const saveDraftRoute =
  ({ saveDraft }: Readonly<{ saveDraft: SaveDraft }>): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' } }
    http.put('/admin/order-drafts/:id', { schema, config }, async ({ params, body, caller }, reply) => {
      const outcome = await saveDraft({ ...body, id: params.id, user_id: userIdOf(caller) })
      return isRefusal(outcome) ? refuse(reply, outcome, savingAnswers) : draftViewOf(outcome.draft)
    })
  }
