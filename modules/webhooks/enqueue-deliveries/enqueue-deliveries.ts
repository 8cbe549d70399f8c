import { sql } from 'kysely'
import { afterCommit, batched } from '#platform/db'
import { derivedId, type Clock } from '#platform/values'
import { insertDeliveries, type WebhooksTx } from '../store.ts'
import type { SubscribedTypes } from './subscribed-types.ts'

/** The request about one event, for every endpoint that subscribes to it. */
export type Message = Readonly<{ id: string; event_type: string; body: string }>

type Needs = Readonly<{
  now: Clock
  /** Wakes the sender of this process. */
  wake: () => void
  subscribed: SubscribedTypes
}>

export type EnqueueDeliveries = (tx: WebhooksTx, message: Message) => Promise<void>

/**
 * Saves a delivery for each active endpoint that subscribes to the event. One statement serves all events of a batch; further
 * ones follow only where an endpoint subscribes. A repeat inserts nothing, because the ids follow from event and endpoint.
 */
export const enqueueDeliveries = ({ now, wake, subscribed }: Needs): EnqueueDeliveries =>
  batched<Message, void, WebhooksTx>(async (tx, messages) => {
    const keep = subscribed.startReading()
    const endpoints = await lockActiveEndpoints(tx)
    keep(endpoints.flatMap(({ event_types }) => event_types))
    const created_at = now()
    const deliveries = messages.flatMap((message) =>
      endpoints
        .filter(({ event_types }) => event_types.includes(message.event_type))
        .map(({ id }) => deliveryOf(message, { endpoint_id: id, created_at })),
    )
    if (deliveries.length === 0) return
    const sent = new Set(deliveries.map(({ message_id }) => message_id))
    const rows = messages.filter(({ id }) => sent.has(id)).map(({ id, body }) => ({ id, body, created_at }))
    await insertDeliveries(tx, rows, deliveries)
    afterCommit(tx, wake)
  })

const deliveryOf = (
  { id, event_type }: Message,
  { endpoint_id, created_at }: Readonly<{ endpoint_id: string; created_at: Date }>,
) => ({
  id: derivedId(id, `webhook ${endpoint_id}`),
  endpoint_id,
  message_id: id,
  event_type,
  status: 'pending' as const,
  next_attempt_at: created_at,
  claimed_until: null,
  created_at,
  finished_at: null,
})

/** The lock keeps an endpoint from being deleted before its deliveries are saved. */
async function lockActiveEndpoints(tx: WebhooksTx) {
  const { rows } = await sql<{ id: string; event_types: string[] }>`
    select id, event_types from webhooks.endpoints where is_active order by id for key share
  `.execute(tx)
  return rows
}
