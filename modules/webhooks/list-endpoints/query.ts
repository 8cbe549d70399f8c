import { sql } from 'kysely'
import { notFound, pageOfAll, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import { findEndpoint, type Endpoint, type WebhooksDb } from '../store.ts'

type Found = Readonly<{ kind: 'found'; endpoint: Endpoint }>
export type ListEndpoints = (window: Window) => Promise<ItemPage<Endpoint>>
export type ShowEndpoint = (id: string) => Promise<Found | NotFound>

/** All endpoints, newest first: there are thirty at most. */
export const listEndpoints =
  (db: WebhooksDb): ListEndpoints =>
  async (window) => {
    const all = await db
      .selectFrom('webhooks.endpoints')
      .selectAll()
      .orderBy(sql`created_at desc, id desc`)
      .execute()
    return pageOfAll(all, window)
  }

export const showEndpoint =
  (db: WebhooksDb): ShowEndpoint =>
  async (id) => {
    const endpoint = await findEndpoint(db, id)
    return endpoint ? { kind: 'found', endpoint } : notFound('endpoint')
  }
