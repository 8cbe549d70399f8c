import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'

export type UnsubscribeByLink = (link_token: string) => Promise<Readonly<{ kind: 'unsubscribed' }> | NotFound>
export type IsLink = (link_token: string) => Promise<boolean>

export const isLink =
  (db: CatalogDb): IsLink =>
  async (link_token) =>
    (await db
      .selectFrom('catalog.alert_owners')
      .select('user_id')
      .where('link_token', '=', link_token)
      .executeTakeFirst()) !== undefined

/** Ends all subscriptions of the owner of a link. The link goes on to work, so that a repeat has the same answer. */
export const unsubscribeByLink =
  (db: CatalogDb): UnsubscribeByLink =>
  async (link_token) => {
    if (!(await isLink(db)(link_token))) return notFound('link')
    await db
      .deleteFrom('catalog.alerts')
      .where('user_id', 'in', (eb) =>
        eb.selectFrom('catalog.alert_owners').select('user_id').where('link_token', '=', link_token),
      )
      .execute()
    return { kind: 'unsubscribed' }
  }
