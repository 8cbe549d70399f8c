import type { Carrier } from '../carrier.ts'

/** The shop's own couriers. Staff set the status, and the delivery is free. */
export const courier: Carrier = {
  method: 'courier',
  isOwn: true,
  create: async ({ delivery_address }) =>
    delivery_address === null
      ? { kind: 'refused', reason: 'address-missing' }
      : { kind: 'created', status: 'pending', tracking_number: null, pickup_code: null },
  cancel: async () => ({ kind: 'cancelled' }),
  track: async () => ({ kind: 'untracked' }),
  quote: async ({ delivery_address, currency }) =>
    delivery_address === null
      ? { kind: 'refused', reason: 'address-missing' }
      : { kind: 'quoted', amount: 0, currency },
}
