import { subscribe, type Subscription } from '#platform/events'
import type { refundRequestedOf } from '../events.ts'
import type { RefundOnRequest } from './refund-on-request.ts'

/** The `refund-requested` event of any module. */
export type RefundRequested = ReturnType<typeof refundRequestedOf<string>>

/** Handles `refund-requested`. The refund has its own transactions, because the provider is called between them. */
export const refundOnRequestSubscription = (
  { refundOnRequest }: Readonly<{ refundOnRequest: RefundOnRequest }>,
  refundRequested: RefundRequested,
): Subscription =>
  subscribe(refundRequested, {
    prepare: ({ payload }) => refundOnRequest(payload),
    handle: async () => {},
  })
