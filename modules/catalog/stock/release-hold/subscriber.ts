import { subscribe } from '#platform/events'
import { orderCancelled, returnExpected } from '#ordering/events'
import type { ExpectReturn } from './expect-return.ts'
import type { ReleaseHold } from './release-hold.ts'

type Needs = Readonly<{ releaseHold: ReleaseHold; expectReturn: ExpectReturn }>

/** Frees the stock of a cancelled order, or expects it back when its parcel had left the shop. */
export const releaseHoldSubscriptions = ({ releaseHold, expectReturn }: Needs) => [
  subscribe(
    orderCancelled,
    (tx, { payload: { order_id, number, goods_left = false } }) =>
      goods_left ? expectReturn(tx, { order_id, order_number: number ?? null }) : releaseHold(tx, order_id),
    { linger: true },
  ),
  subscribe(returnExpected, (tx, { payload: { order_id, number } }) =>
    expectReturn(tx, { order_id, order_number: number }),
  ),
]
