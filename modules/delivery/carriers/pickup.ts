import { randomInt } from 'node:crypto'
import type { Carrier } from '../carrier.ts'

/** The customer collects the goods at a pickup point with a code. */
export const pickup: Carrier = {
  method: 'pickup',
  isOwn: true,
  create: async () => ({
    kind: 'created',
    status: 'ready_for_pickup',
    tracking_number: null,
    pickup_code: drawPickupCode(),
  }),
  cancel: async () => ({ kind: 'cancelled' }),
}

/** Six digits. They are stored readable, because the customer looks them up again. */
const drawPickupCode = (): string => randomInt(1_000_000).toString().padStart(6, '0')
