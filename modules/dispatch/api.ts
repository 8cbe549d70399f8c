import type { NotFound } from '#platform/outcome'
import type { OwnParcelView } from './fleet/schema.ts'

/** The functions of dispatch that other modules may call. */
export type DispatchApi = Readonly<{
  /**
   * The courier of an order and the PIN for him, as its buyer sees them: for a caller that has shown the order to its buyer.
   */
  parcelOf: (order_id: string) => Promise<Readonly<{ kind: 'found'; parcel: OwnParcelView }> | NotFound>
}>
