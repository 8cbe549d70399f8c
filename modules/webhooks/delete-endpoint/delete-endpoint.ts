import { notFound, type NotFound } from '#platform/outcome'
import type { WebhooksDb } from '../store.ts'

export type DeleteEndpoint = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

/** Deletes an endpoint with its deliveries and their log. */
export const deleteEndpoint =
  (db: WebhooksDb): DeleteEndpoint =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('webhooks.endpoints').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('endpoint')
  }
