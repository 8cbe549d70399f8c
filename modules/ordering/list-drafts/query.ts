import { byTime, countRows, timeCursor } from '#platform/db'
import { notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import { findDraft, type DraftRow, type OrderingDb } from '../store.ts'

export type ListDrafts = (window: Window) => Promise<ItemPage<DraftRow>>
export type ShowDraft = (id: string) => Promise<Readonly<{ kind: 'found'; draft: DraftRow }> | NotFound>

/** Lists the drafts that are not placed yet, newest first; keyset by (created_at, id). */
export const listDrafts =
  (db: OrderingDb): ListDrafts =>
  async (window) => {
    const open = db.selectFrom('ordering.drafts').where('order_id', 'is', null)
    const [items, counted] = await Promise.all([open.selectAll().$call(byTime(window)).execute(), countRows(db, open)])
    return pageOf({ items, counted, window, cursorOf: timeCursor })
  }

export const showDraft =
  (db: OrderingDb): ShowDraft =>
  async (id) => {
    const draft = await findDraft(db, id)
    return draft ? { kind: 'found', draft } : notFound('draft')
  }
