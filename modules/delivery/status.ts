export const statuses = [
  'pending',
  'ready_for_pickup',
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'failed',
  'returned',
  'cancelled',
] as const
export type Status = (typeof statuses)[number]

export const methods = ['pickup', 'courier', 'cdek'] as const
export type Method = (typeof methods)[number]

/**
 * Where a shipment may go from each status. `failed` is the end of the sale, for the order gives the money back: from
 * there the parcel only comes home. An attempt that is to be repeated is a move back to `in_transit`.
 */
export const moves: Readonly<Record<Status, readonly Status[]>> = {
  pending: ['ready_for_pickup', 'handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'cancelled'],
  ready_for_pickup: ['delivered', 'failed', 'cancelled'],
  handed_over: ['ready_for_pickup', 'in_transit', 'out_for_delivery', 'delivered', 'failed'],
  in_transit: ['ready_for_pickup', 'out_for_delivery', 'delivered', 'failed'],
  out_for_delivery: ['in_transit', 'delivered', 'failed'],
  delivered: [],
  failed: ['returned'],
  returned: [],
  cancelled: [],
}

/** Nothing leads on from here. */
export const isOver = (status: Status): boolean => moves[status].length === 0
