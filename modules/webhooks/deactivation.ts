import { days } from '#platform/values'
import type { DeactivatedReason } from './schema.ts'
import type { WebhooksTx } from './store.ts'

/** An endpoint that has accepted nothing for this time is deactivated. Milliseconds. */
export const failingTime = days(5)
/** An endpoint for which more deliveries wait is deactivated. */
export const usualBacklog = 100_000

/** Deactivates an endpoint, publishes that, and writes to its contact. Nothing happens when it is inactive already. */
export type Deactivate = (
  tx: WebhooksTx,
  deactivation: Readonly<{ endpoint_id: string; reason: Exclude<DeactivatedReason, 'staff'>; now: Date }>,
) => Promise<void>
