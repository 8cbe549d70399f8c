import type { Method, Status } from './status.ts'

/** How a shipment begins. */
export type First =
  | Readonly<{ status: 'pending'; pickup_code: null }>
  | Readonly<{ status: 'ready_for_pickup'; pickup_code: string }>

/** A way to bring goods to people. Another one is another file in `carriers/` and a line in `carriers.ts`. */
export type Carrier = Readonly<{
  method: Method
  needsAddress: boolean
  /** The statuses its shipments go through; others are never allowed for them. */
  statuses: readonly Status[]
  begin: (drawCode: () => string) => First
}>
