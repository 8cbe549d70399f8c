import { holdExpired, holdLost } from '#catalog/events'
import { orderCancelled, orderFulfilled, shipmentRequested } from '#ordering/events'
import type { Actor, Step } from './network.ts'
import { order_id } from './ordering.ts'

/** `isBroken`: the hold ended in a way that its order did not. */
export type HoldModel = Readonly<{
  state: 'held' | 'firm' | 'expired' | 'released' | 'sold'
  /** The pieces were sold to others after the hold had expired. */
  isShort: boolean
}>

/** The hold of the order, as `settleHold` and `expireHolds` decide it in SQL. */
export const catalogActor: Actor<HoldModel> = {
  name: 'catalog',
  initial: { state: 'held', isShort: false },
  subscribesTo: [shipmentRequested.type, orderCancelled.type, orderFulfilled.type],
  receive: (hold, { type }) => {
    if (type === shipmentRequested.type) return firm(hold)
    if (type === orderCancelled.type)
      return [{ label: 'releases the hold', state: hold.state === 'sold' ? hold : { ...hold, state: 'released' } }]
    return sell(hold)
  },
  act: (hold) =>
    hold.state === 'held'
      ? [
          {
            label: 'the hold expires',
            state: { ...hold, state: 'expired' },
            publishes: [holdExpired({ order_id })],
          },
        ]
      : [],
}

function firm(hold: HoldModel): Step<HoldModel>[] {
  if (hold.state === 'held') return [{ label: 'makes the hold firm', state: { ...hold, state: 'firm' } }]
  if (hold.state !== 'expired') return [{ label: 'leaves the hold', state: hold }]
  return [
    { label: 'holds the goods again', state: { ...hold, state: 'firm' } },
    {
      label: 'the goods are sold out',
      state: { ...hold, isShort: true },
      publishes: [holdLost({ order_id })],
      costs: 'goods are sold out',
    },
  ]
}

function sell(hold: HoldModel): Step<HoldModel>[] {
  if (hold.state === 'sold') return [{ label: 'has sold the hold', state: hold }]
  // The handler throws, and the message is parked until a release is explained: a dead end.
  if (hold.state === 'released') return []
  // Sold out: the message waits until staff correct the stock.
  return [{ label: 'sells the hold', state: { ...hold, state: 'sold' } }]
}
