import type { Carrier } from '../carrier.ts'

/** The customer fetches the goods and says the code. */
export const pickup: Carrier = {
  method: 'pickup',
  needsAddress: false,
  statuses: ['ready_for_pickup', 'delivered', 'failed', 'returned', 'cancelled'],
  begin: (drawCode) => ({ status: 'ready_for_pickup', pickup_code: drawCode() }),
}
