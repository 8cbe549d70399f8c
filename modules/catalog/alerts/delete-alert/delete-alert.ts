import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { AlertKey } from '../store/alerts.ts'

export type DeleteAlert = (key: AlertKey) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

export const deleteAlert =
  (db: CatalogDb): DeleteAlert =>
  async ({ user_id, variant_id, kind }) => {
    const { numDeletedRows } = await db
      .deleteFrom('catalog.alerts')
      .where('user_id', '=', user_id)
      .where('variant_id', '=', variant_id)
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('alert')
  }
