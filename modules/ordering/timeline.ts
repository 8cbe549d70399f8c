/** The entries of a timeline, in the usual order of an order. The storefront has words for each, or it does not compile. */
export const timelineEvents = [
  'order-created',
  'order-edited',
  'payment-started',
  'order-processing',
  'payment-processing',
  'payment-declined',
  'payment-completed',
  'order-paid',
  'shipment-created',
  'order-shipping',
  'shipment-status-changed',
  'order-fulfilled',
  'hold-expired',
  'hold-lost',
  'cancellation-requested',
  'shipment-cancellation-refused',
  'payment-cancelled',
  'payment-refunded',
  'payment-partially-refunded',
  'payment-refund-refused',
  'payment-refund-exceeds-captured',
  'order-cancelled',
  'staff-cancelled',
  'staff-shipped',
  'staff-fulfilled',
  'return-requested',
  'return-approved',
  'return-refused',
  'return-received',
  'return-refunding',
  'return-ended',
] as const
export type TimelineEvent = (typeof timelineEvents)[number]

/** The entries that staff see and the buyer does not. */
const staffEvents = ['staff-resent'] as const
type StaffEvent = (typeof staffEvents)[number]

/** An entry of the whole timeline, as staff see it. */
export type StaffTimelineEvent = TimelineEvent | StaffEvent

/** True for an entry that the buyer sees, too. */
export const isForBuyer = ({ event }: Readonly<{ event: string }>): boolean => !staffEvents.some((one) => one === event)
