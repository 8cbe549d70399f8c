import type { DeactivatedReason } from './schema.ts'
import type { WebhooksTx } from './store.ts'

/** Deactivates an endpoint, publishes that, and writes to its contact. Nothing happens when it is inactive already. */
export type Deactivate = (
  tx: WebhooksTx,
  deactivation: Readonly<{ endpoint_id: string; reason: Exclude<DeactivatedReason, 'staff'>; now: Date }>,
) => Promise<void>
