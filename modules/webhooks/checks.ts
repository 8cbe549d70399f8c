import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { WebhooksDb } from './store.ts'

/** The invariants of webhooks. */
export const webhooksChecks = (db: WebhooksDb): readonly Check[] => [
  {
    name: 'webhooks.endpoints-have-a-secret',
    description: 'Every endpoint has a secret that signs its requests.',
    violations: async () => {
      const { rows } = await sql<{ endpoint_id: string }>`
        select e.id as endpoint_id from webhooks.endpoints e
        where not exists (select from webhooks.secrets s where s.endpoint_id = e.id and s.expires_at is null)
        limit 100
      `.execute(db)
      return rows
    },
  },
  {
    name: 'webhooks.delivered-was-accepted',
    description: 'A delivery counts as delivered only when the last attempt was accepted.',
    violations: async () => {
      const { rows } = await sql<{ delivery_id: string; attempts: number }>`
        select d.id as delivery_id, d.attempts from webhooks.deliveries d
        where d.status = 'delivered' and not exists (
          select from webhooks.attempts a
          where a.delivery_id = d.id and a.number = d.attempts and a.response_status between 200 and 299)
        limit 100
      `.execute(db)
      return rows
    },
  },
]
