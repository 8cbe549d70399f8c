import type { HoldModel } from './catalog.ts'
import type { ShipmentModel } from './delivery.ts'
import { hasEndedAs, type ParcelModel } from './dispatch.ts'
import type { OrderModel, PaymentMethod } from './ordering.ts'
import type { Attempt, PaymentsModel } from './payments-state.ts'

type States = Readonly<{
  ordering: OrderModel
  payments: PaymentsModel
  delivery: ShipmentModel
  catalog: HoldModel
  /** With a courier of the shop. */
  dispatch?: ParcelModel
}>

const statusOf = ({ shipment }: ShipmentModel) =>
  shipment === null || shipment === 'tombstone' ? null : shipment.status

/** The goods of a cancelled order are in the shop, or come back to it. */
const backInShop: ReadonlySet<string | null> = new Set([null, 'cancelled', 'failed', 'returned'])

/** The parcel has been outside the shop. */
const hasLeft = ({ shipment }: ShipmentModel) => shipment !== null && shipment !== 'tombstone' && shipment.hasLeft

/** The bank has the money of the buyer. */
const isTaken = ({ bank, returned }: Attempt) => bank === 'succeeded' && returned === 0

/** The order is cancelled, or waits for its refund only. */
const mustBeCancelled = ({ status, checkout }: OrderModel) =>
  status === 'cancelled' || checkout === 'cancelling-payment'

type Rule = readonly [name: string, isBroken: (states: States, method: PaymentMethod) => boolean]

/** Each holds in every state, whatever is still on its way. */
const rules: readonly Rule[] = [
  [
    'no order that is to be paid online is shipped before the bank has taken its money',
    ({ payments, delivery }, method) =>
      method === 'online' && statusOf(delivery) !== null && !payments.attempts.some(({ bank }) => bank === 'succeeded'),
  ],
  [
    'the goods of a cancelled order are in the shop or come back',
    ({ ordering, delivery }) => ordering.status === 'cancelled' && !backInShop.has(statusOf(delivery)),
  ],
  [
    'no courier has or delivers the parcel of a cancelled shipment',
    ({ delivery, dispatch }) =>
      statusOf(delivery) === 'cancelled' && (dispatch?.parcel === 'picked_up' || dispatch?.parcel === 'delivered'),
  ],
  [
    'an order and its checkout end together',
    ({ ordering: { status, checkout } }) =>
      (status === 'fulfilled') !== (checkout === 'fulfilled') ||
      (status === 'cancelled') !== (checkout === 'cancelled' || checkout === 'refunding-late-payment'),
  ],
  [
    'no money is refunded twice, nor before it was taken',
    ({ payments }) => payments.attempts.some(({ returned, bank }) => returned > (bank === 'succeeded' ? 1 : 0)),
  ],
  [
    'only a fulfilled order sells its goods, and only a cancelled one frees them',
    ({ ordering, catalog }) =>
      (catalog.state === 'sold' && ordering.status !== 'fulfilled') ||
      (catalog.state === 'released' && ordering.status !== 'cancelled'),
  ],
  [
    'the goods of a cancelled order are on sale again only where they are in the shop',
    ({ ordering, delivery, catalog }) =>
      (catalog.state === 'released' && hasLeft(delivery)) ||
      (catalog.state === 'in_return' && !(hasLeft(delivery) && mustBeCancelled(ordering))),
  ],
]

/** The first rule that the states break. */
export const brokenRule = (states: Readonly<Record<string, unknown>>, method: PaymentMethod): string | undefined =>
  rules.find(([, isBroken]) => isBroken(states as States, method))?.[0]

/** The goods of a cancelled order are on sale again, or staff have received them. */
const isStockRight = (delivery: ShipmentModel, { state, isReceived, hasArrived }: HoldModel) =>
  state === 'released' || (state === 'in_return' && isReceived && hasArrived && statusOf(delivery) === 'returned')

type Ending = Readonly<{ method: PaymentMethod; isByHand: boolean }>

/** The order has ended; its money and its goods are where they belong, and the books say so. */
export function hasEndedWell(states: Readonly<Record<string, unknown>>, { method, isByHand }: Ending): boolean {
  const { ordering, payments, delivery, catalog, dispatch = { parcel: null } } = states as States
  if (!hasEndedAs(dispatch, statusOf(delivery))) return false
  const { attempts, handling } = payments
  const areBooksRight = attempts.every(({ bank, status, refund }) => {
    if (refund !== null && refund.status !== 'done') return false
    return (bank === 'succeeded') === (status === 'completed' || status === 'refunded')
  })
  if (handling !== null || !areBooksRight) return false
  const taken = attempts.filter(isTaken).length
  if (ordering.checkout === 'cancelled')
    return taken === 0 && isStockRight(delivery, catalog) && attempts.every(({ bank }) => bank !== 'pending')
  if (ordering.checkout !== 'fulfilled' || catalog.state !== 'sold') return false
  if (!isByHand && statusOf(delivery) !== 'delivered') return false
  // Staff may refund an order whose parcel is under way.
  const isRefundedByStaff = method === 'online' && attempts.some(({ refund }) => refund?.by === 'staff')
  return taken === 1 || (taken === 0 && isRefundedByStaff)
}
