import { holdExpired, holdLost, returnReceived } from '#catalog/events'
import { shipmentReturned } from '#delivery/events'
import { orderCancelled, orderFulfilled, returnExpected, shipmentRequested } from '#ordering/events'
import type { Actor, Step } from './network.ts'
import { order_id } from './ordering.ts'

export type HoldModel = Readonly<{
  state: 'held' | 'firm' | 'expired' | 'released' | 'sold' | 'in_return'
  /** The pieces were sold to others after the hold had expired. */
  isShort: boolean
  /** The parcel that had left the shop is back in it. */
  hasArrived: boolean
  /** Staff have counted the goods that came back. */
  isReceived: boolean
}>

/** The hold of the order, as `settleHold` and `expireHolds` decide it in SQL. */
export const catalogActor: Actor<HoldModel> = {
  name: 'catalog',
  initial: { state: 'held', isShort: false, hasArrived: false, isReceived: false },
  subscribesTo: [
    shipmentRequested.type,
    orderCancelled.type,
    orderFulfilled.type,
    returnExpected.type,
    shipmentReturned.type,
  ],
  receive: (hold, { type, payload }) => {
    if (type === shipmentRequested.type) return firm(hold)
    if (type === shipmentReturned.type) return [{ label: 'notes the arrival', state: { ...hold, hasArrived: true } }]
    if (type === returnExpected.type) return cancel(hold, true)
    if (type === orderCancelled.type) return cancel(hold, 'goods_left' in payload && payload.goods_left === true)
    return sell(hold)
  },
  act: (hold) => {
    if (hold.state === 'held')
      return [
        { label: 'the hold expires', state: { ...hold, state: 'expired' }, publishes: [holdExpired({ order_id })] },
      ]
    if (hold.state !== 'in_return' || hold.isReceived) return []
    const items = [{ variant_id: order_id, sellable: 1, damaged: 0, lost: 0 }]
    return [
      {
        label: 'staff receive the goods',
        state: { ...hold, isReceived: true, hasArrived: true },
        publishes: [returnReceived({ order_id, items })],
      },
    ]
  },
}

/** An expired hold takes its goods again; when they are sold out, the message waits until staff correct the stock. */
function cancel(hold: HoldModel, goodsLeft: boolean): Step<HoldModel>[] {
  if (hold.state === 'sold' || hold.state === 'in_return') return [{ label: 'leaves the hold', state: hold }]
  if (!goodsLeft) return [{ label: 'releases the hold', state: { ...hold, state: 'released' } }]
  // The handler leaves a released hold, whose goods are on sale: a dead end of the rules.
  if (hold.state === 'released') return [{ label: 'leaves the hold', state: hold }]
  return [{ label: 'expects the goods back', state: { ...hold, state: 'in_return' } }]
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
