import type { Carrier } from '../carrier.ts'

/**
 * The shop's own couriers. Dispatch or staff set the status, and the zone of the address sets the fee. A courier may pick a
 * parcel up at the moment of its cancellation, so dispatch, which has the parcel, decides which came first.
 */
export const courier: Carrier = {
  method: 'courier',
  isOwn: true,
  create: async ({ delivery_address }) =>
    delivery_address === null
      ? { kind: 'refused', reason: 'address-missing' }
      : { kind: 'created', status: 'pending', tracking_number: null, pickup_code: null },
  cancel: async () => ({ kind: 'requested' }),
}
