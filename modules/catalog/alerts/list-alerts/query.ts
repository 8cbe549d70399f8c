import { sql } from 'kysely'
import { pageOfAll, type ItemPage, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { Alert } from '../store/tables.ts'

export type ListAlerts = (user_id: string, window: Window) => Promise<ItemPage<Alert>>

/** The subscriptions of a customer, newest first: there are fifty at most, and a hundred after a merge of accounts. */
export const listAlerts =
  (db: CatalogDb): ListAlerts =>
  async (user_id, window) =>
    pageOfAll(await selectAlerts(db, user_id), window)

/** All subscriptions of a user. */
export const exportAlerts =
  (db: CatalogDb) =>
  (user_id: string): Promise<readonly object[]> =>
    selectAlerts(db, user_id)

const selectAlerts = (db: CatalogDb, user_id: string): Promise<Alert[]> =>
  db
    .selectFrom('catalog.alerts')
    .selectAll()
    .where('user_id', '=', user_id)
    .orderBy(sql`created_at desc, variant_id, kind`)
    .execute()
