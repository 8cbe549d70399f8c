import { notFound, type NotFound } from '#platform/outcome'
import type { SupportDb } from '../store.ts'

export type DeleteFaq = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

export const deleteFaq =
  (db: SupportDb): DeleteFaq =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('support.faq').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('entry')
  }
