import { orderFulfilled } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CaptureCash, CollectCash } from './collect-cash.ts'

type Needs = Readonly<{ captureCash: CaptureCash; collectCash: CollectCash }>

/** Handles `order-fulfilled`. */
export const collectCashSubscription = ({ captureCash, collectCash }: Needs): Subscription =>
  subscribe(
    orderFulfilled,
    {
      prepare: ({ payload }) => captureCash(payload.order_id),
      handle: (tx, _event, captured) => collectCash(tx, captured),
    },
    { concerns: ({ payment_method }) => payment_method === 'cash_on_delivery' },
  )
