import { afterCommit, transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { derivedId, type Clock } from '#platform/values'
import { maxSteps } from '../delivery.ts'
import { bodyOf, pingType } from '../public-events.ts'
import { insertDeliveries, lockEndpoint, type Delivery, type WebhooksDb } from '../store.ts'

type Needs = Readonly<{
  db: WebhooksDb
  now: Clock
  /** Wakes the sender of this process. */
  wake: () => void
}>

export type QueuedPing = Readonly<{ kind: 'queued'; delivery: Delivery }>
export type PingEndpointOutcome = QueuedPing | NotFound | Refused<'endpoint-inactive'>
export type PingEndpoint = (
  ping: Readonly<{ id: string; operation_id: string }>,
  storeResponse: StoreResponse<QueuedPing>,
) => Promise<PingEndpointOutcome>

/** Sends a test event to one endpoint. It is tried once: staff look at the result, and send another one. */
export const pingEndpoint =
  ({ db, now, wake }: Needs): PingEndpoint =>
  async ({ id, operation_id }, storeResponse) =>
    await transaction(db, async (tx): Promise<PingEndpointOutcome> => {
      const endpoint = await lockEndpoint(tx, id)
      if (!endpoint) return notFound('endpoint')
      if (!endpoint.is_active) return { kind: 'refused', reason: 'endpoint-inactive' }
      const at = now()
      const data = { endpoint_id: endpoint.id }
      const body = bodyOf({ type: pingType, timestamp: at.toISOString(), data })
      const delivery: Delivery = {
        id: derivedId(operation_id, `webhook ${endpoint.id}`),
        endpoint_id: endpoint.id,
        message_id: operation_id,
        event_type: pingType,
        status: 'pending',
        attempts: 0,
        step: maxSteps - 1,
        next_attempt_at: at,
        claimed_until: null,
        created_at: at,
        finished_at: null,
      }
      await insertDeliveries(tx, [{ id: operation_id, body, created_at: at }], [delivery])
      const queued = { kind: 'queued', delivery } as const
      await storeResponse(tx, queued)
      afterCommit(tx, wake)
      return queued
    })
