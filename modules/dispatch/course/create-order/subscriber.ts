import { keyLocal, subscribe, type Subscription } from '#platform/events'
import { basketConfirmed } from '../../events.ts'
import type { Geo } from '../../geo/geo.ts'
import type { CreateOrderOfBasket } from './create-order.ts'

type Needs = Readonly<{ geo: Geo; createOrderOfBasket: CreateOrderOfBasket }>

/** Handles `basket-confirmed`: the geo service is asked before the transaction. */
export const createOrderSubscription = ({ geo, createOrderOfBasket }: Needs): Subscription =>
  keyLocal(
    subscribe(basketConfirmed, {
      prepare: ({ payload }) => geo.locate(payload.address),
      handle: (tx, { payload }, location) => createOrderOfBasket(tx, payload, location),
    }),
  )
