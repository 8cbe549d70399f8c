import { sql } from 'kysely'
import type { Metric } from '#platform/telemetry'
import type { WebhooksDb } from './store.ts'

/** The deliveries that wait, by endpoint: an endpoint whose number grows is too slow, or does not answer. */
export const webhooksMetric = (db: WebhooksDb): Metric => ({
  name: 'webhook_deliveries_pending',
  help: 'Deliveries that wait for their first or next attempt',
  labels: ['endpoint'],
  read: async () => {
    const { rows } = await sql<{ endpoint: string; value: number }>`
      select endpoint.id as endpoint, (select count(*)::int from webhooks.deliveries as delivery
        where delivery.endpoint_id = endpoint.id and delivery.status = 'pending') as value
      from webhooks.endpoints as endpoint where endpoint.is_active
    `.execute(db)
    return rows.map(({ endpoint, value }) => ({ labels: { endpoint }, value }))
  },
})
