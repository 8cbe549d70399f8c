import { randomInt } from 'node:crypto'
import { transaction } from '#platform/db'
import type { OutboundResult } from '#platform/outbound'
import type { Clock } from '#platform/values'
import type { Deactivate } from '../deactivation.ts'
import { isAccepted, isGone, nextStateOf } from '../delivery.ts'
import type { secretLost } from '../secret.ts'
import { lockEndpoint, type Endpoint, type WebhooksDb, type WebhooksTx } from '../store.ts'
import type { Claimed } from './claim-deliveries.ts'

type Needs = Readonly<{ db: WebhooksDb; now: Clock; deactivate: Deactivate }>
/** The result of a request, or why none was sent. */
export type SavedResult = OutboundResult | Readonly<{ kind: 'failed'; reason: typeof secretLost; duration: number }>
type Made = Readonly<{ claimed: Claimed; started_at: Date; result: SavedResult }>

/** Saves the result of an attempt, unless another process has made a later one meanwhile. */
export const saveAttempt =
  ({ db, now, deactivate }: Needs) =>
  async ({ claimed, started_at, result }: Made): Promise<void> =>
    await transaction(db, async (tx) => {
      const endpoint = await lockEndpoint(tx, claimed.endpoint_id)
      if (!endpoint) return
      const step = await lockOwnAttempt(tx, claimed)
      if (step === undefined) return
      const at = now()
      const next = nextStateOf(result, { step, now: at, chance: randomInt(1000) / 1000 })
      await tx
        .insertInto('webhooks.attempts')
        .values({
          delivery_id: claimed.id,
          number: claimed.attempts,
          started_at,
          duration: result.duration,
          ...(result.kind === 'response'
            ? { response_status: result.status, excerpt: result.excerpt, reason: null }
            : { response_status: null, excerpt: null, reason: result.reason }),
        })
        .execute()
      await tx
        .updateTable('webhooks.deliveries')
        .set({
          status: next.status,
          claimed_until: null,
          ...(next.status === 'pending'
            ? { next_attempt_at: next.next_attempt_at }
            : { next_attempt_at: null, finished_at: at }),
        })
        .where('id', '=', claimed.id)
        .execute()
      await saveHealth(tx, endpoint, isAccepted(result) ? null : (endpoint.failing_since ?? at))
      if (isGone(result)) await deactivate(tx, { endpoint_id: endpoint.id, reason: 'gone', now: at })
    })

/**
 * Locks the delivery and returns the step of this attempt: the first one if staff requested a retry meanwhile. Undefined when
 * the claim has expired and another process took the delivery over, and when the delivery is deleted.
 */
async function lockOwnAttempt(tx: WebhooksTx, { id, attempts }: Claimed): Promise<number | undefined> {
  const delivery = await tx
    .selectFrom('webhooks.deliveries')
    .select(['status', 'attempts', 'step'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (delivery?.status !== 'pending' || delivery.attempts !== attempts) return undefined
  return Math.max(delivery.step, 1)
}

async function saveHealth(tx: WebhooksTx, { id, failing_since }: Endpoint, next: Date | null): Promise<void> {
  if (failing_since?.getTime() === next?.getTime()) return
  await tx.updateTable('webhooks.endpoints').set({ failing_since: next }).where('id', '=', id).execute()
}
