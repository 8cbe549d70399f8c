import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { Seal } from '#platform/seal'
import { secretLost, signingSecretsOf } from './secret.ts'
import type { WebhooksDb } from './store.ts'

/** The invariants of webhooks. */
export const webhooksChecks = ({ db, seal }: Readonly<{ db: WebhooksDb; seal: Seal }>): readonly Check[] => [
  {
    name: 'webhooks.endpoints-have-a-secret',
    description: 'Every endpoint has a secret that signs its requests.',
    violations: async () => {
      const { rows } = await sql<{ endpoint_id: string }>`
        select endpoint.id as endpoint_id from webhooks.endpoints as endpoint
        where not exists (select from webhooks.secrets as secret
          where secret.endpoint_id = endpoint.id and secret.expires_at is null)
        limit 100
      `.execute(db)
      return rows
    },
  },
  {
    name: 'webhooks.secrets-can-be-read',
    description: 'WEBHOOK_SECRET opens the secret that signs the requests to each active endpoint.',
    violations: async () => {
      const { rows } = await sql<{ endpoint_id: string; sealed: string }>`
        select secret.endpoint_id, secret.sealed from webhooks.secrets as secret
          join webhooks.endpoints as endpoint on endpoint.id = secret.endpoint_id
        where secret.expires_at is null and endpoint.is_active order by secret.endpoint_id limit 100
      `.execute(db)
      return rows
        .filter(({ sealed }) => signingSecretsOf([sealed], seal) === undefined)
        .map(({ endpoint_id }) => ({ endpoint_id, reason: secretLost }))
    },
  },
  {
    name: 'webhooks.delivered-was-accepted',
    description: 'A delivery counts as delivered only when the last attempt was accepted.',
    violations: async () => {
      const { rows } = await sql<{ delivery_id: string; attempts: number }>`
        select delivery.id as delivery_id, delivery.attempts from webhooks.deliveries as delivery
        where delivery.status = 'delivered' and not exists (
          select from webhooks.attempts as attempt
          where attempt.delivery_id = delivery.id and attempt.number = delivery.attempts
            and attempt.response_status between 200 and 299)
        limit 100
      `.execute(db)
      return rows
    },
  },
]
