import { notFound, type NotFound } from '#platform/outcome'
import { findDraft, type OrderingDb } from '../store.ts'

export type DeleteDraftOutcome =
  | Readonly<{ kind: 'deleted' }>
  | Readonly<{ kind: 'refused'; reason: 'draft-placed'; order_id: string }>
  | NotFound
export type DeleteDraft = (id: string) => Promise<DeleteDraftOutcome>

/** Deletes a draft that is not placed. A placement at the same moment comes before it, or finds no draft. */
export const deleteDraft =
  (db: OrderingDb): DeleteDraft =>
  async (id) => {
    const open = db.deleteFrom('ordering.drafts').where('id', '=', id).where('order_id', 'is', null)
    if ((await open.executeTakeFirstOrThrow()).numDeletedRows === 1n) return { kind: 'deleted' }
    const order_id = (await findDraft(db, id))?.order_id
    return order_id ? { kind: 'refused', reason: 'draft-placed', order_id } : notFound('draft')
  }
