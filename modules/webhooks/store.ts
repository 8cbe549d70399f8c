import {
  sql,
  type Generated,
  type Insertable,
  type Kysely,
  type Selectable,
  type Transaction,
  type Updateable,
} from 'kysely'
import { newId, type Locale } from '#platform/values'
import type { DeactivatedReason, DeliveryStatus } from './schema.ts'

type Endpoints = {
  id: string
  url: string
  description: string
  event_types: string[]
  contact_email: string | null
  contact_locale: Locale
  is_active: boolean
  deactivated_reason: DeactivatedReason | null
  failing_since: Date | null
  created_at: Date
  updated_at: Date
}

type Secrets = {
  id: string
  endpoint_id: string
  sealed: string
  created_at: Date
  expires_at: Date | null
}

type Deliveries = {
  id: string
  endpoint_id: string
  message_id: string
  event_type: string
  status: DeliveryStatus
  attempts: Generated<number>
  step: Generated<number>
  next_attempt_at: Date | null
  claimed_until: Date | null
  created_at: Date
  finished_at: Date | null
}

type Attempts = {
  delivery_id: string
  number: number
  started_at: Date
  duration: number
  response_status: number | null
  excerpt: string | null
  reason: string | null
}

type WebhooksTables = {
  'webhooks.endpoints': Endpoints
  'webhooks.secrets': Secrets
  'webhooks.messages': { id: string; body: string; created_at: Date }
  'webhooks.deliveries': Deliveries
  'webhooks.attempts': Attempts
}

export type WebhooksDb = Kysely<WebhooksTables>
export type WebhooksTx = Transaction<WebhooksTables>
export type Endpoint = Selectable<Endpoints>
export type Secret = Selectable<Secrets>
export type Delivery = Selectable<Deliveries>
export type Attempt = Selectable<Attempts>

export const findEndpoint = (db: WebhooksDb, id: string): Promise<Endpoint | undefined> =>
  db.selectFrom('webhooks.endpoints').selectAll().where('id', '=', id).executeTakeFirst()

/**
 * Locks an endpoint. Every writer of its deliveries takes this lock before theirs; the handlers of events, which only need
 * that the endpoint stays, do not wait for it.
 */
export const lockEndpoint = (tx: WebhooksTx, id: string): Promise<Endpoint | undefined> =>
  tx.selectFrom('webhooks.endpoints').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()

/** Two requests at once must not both take the last place. */
export const lockNumberOfEndpoints = (tx: WebhooksTx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('webhooks: number of endpoints', 0))`.execute(tx)

export async function countEndpoints(tx: WebhooksTx): Promise<number> {
  const { count } = await tx
    .selectFrom('webhooks.endpoints')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export const updateEndpoint = (tx: WebhooksTx, id: string, change: Updateable<Endpoints>): Promise<Endpoint> =>
  tx.updateTable('webhooks.endpoints').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()

type NewSecret = Readonly<{ endpoint_id: string; sealed: string; created_at: Date }>

/** Inserts the current secret of an endpoint, which does not expire. */
export async function insertSecret(tx: WebhooksTx, secret: NewSecret): Promise<void> {
  const row = { ...secret, id: newId(), expires_at: null }
  await tx.insertInto('webhooks.secrets').values(row).execute()
}

/** The secrets that sign requests at `now`, the current one first. */
export const listSecrets = (db: WebhooksDb, endpoint_id: string, now: Date): Promise<Secret[]> =>
  db
    .selectFrom('webhooks.secrets')
    .selectAll()
    .where('endpoint_id', '=', endpoint_id)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .orderBy(sql`expires_at desc nulls first`)
    .execute()

/** Inserts a message and its delivery to some endpoints. Those that exist stay as they are. */
export async function insertDeliveries(
  tx: WebhooksTx,
  messages: readonly { id: string; body: string; created_at: Date }[],
  deliveries: readonly Insertable<Deliveries>[],
): Promise<void> {
  await tx
    .insertInto('webhooks.messages')
    .values(messages)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await tx
    .insertInto('webhooks.deliveries')
    .values(deliveries)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

type Deactivation = Readonly<{ endpoint_id: string; reason: DeactivatedReason; now: Date }>

/** Deactivates an active endpoint and returns it; undefined when it is not active any more. */
export const deactivateEndpoint = (
  tx: WebhooksTx,
  { endpoint_id, reason, now }: Deactivation,
): Promise<Endpoint | undefined> =>
  tx
    .updateTable('webhooks.endpoints')
    .set({ is_active: false, deactivated_reason: reason, updated_at: now })
    .where('id', '=', endpoint_id)
    .where('is_active', '=', true)
    .returningAll()
    .executeTakeFirst()
