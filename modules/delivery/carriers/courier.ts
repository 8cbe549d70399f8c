import type { Carrier } from '../carrier.ts'

/** The merchant's own couriers bring the goods. */
export const courier: Carrier = {
  method: 'courier',
  needsAddress: true,
  statuses: [
    'pending',
    'handed_over',
    'in_transit',
    'out_for_delivery',
    'delivered',
    'failed',
    'returned',
    'cancelled',
  ],
  begin: () => ({ status: 'pending', pickup_code: null }),
}
