import { afterCommit, transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { lockEndpoint, type Delivery, type WebhooksDb } from '../store.ts'

type Needs = Readonly<{
  db: WebhooksDb
  now: Clock
  /** Wakes the sender of this process. */
  wake: () => void
}>

type Key = Readonly<{ id: string; delivery_id: string }>
export type RetryDeliveryOutcome =
  | Readonly<{ kind: 'queued'; delivery: Delivery }>
  | NotFound
  | Refused<'endpoint-inactive'>
export type RetryDelivery = (key: Key) => Promise<RetryDeliveryOutcome>

/**
 * Sends a delivery again, a successful one too, with a new round of attempts. A delivery that waits is tried at once; a second
 * request while it waits changes nothing.
 */
export const retryDelivery =
  ({ db, now, wake }: Needs): RetryDelivery =>
  async ({ id, delivery_id }) =>
    await transaction(db, async (tx): Promise<RetryDeliveryOutcome> => {
      const endpoint = await lockEndpoint(tx, id)
      if (!endpoint) return notFound('delivery')
      const queued = await tx
        .updateTable('webhooks.deliveries')
        .set({ status: 'pending', step: 0, next_attempt_at: now(), finished_at: null })
        .where('id', '=', delivery_id)
        .where('endpoint_id', '=', endpoint.id)
        .returningAll()
        .executeTakeFirst()
      if (!queued) return notFound('delivery')
      if (!endpoint.is_active) return { kind: 'refused', reason: 'endpoint-inactive' }
      afterCommit(tx, wake)
      return { kind: 'queued', delivery: queued }
    })
