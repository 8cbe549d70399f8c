import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import type { Cart } from '../cart/cart-store.ts'
import { Sums } from './sums.tsx'

type Delivery = Schemas['QuotedDeliveryMethod']
type Props = Readonly<{
  cart: Cart
  /** The chosen delivery, once its fee is known. */
  delivery?: Delivery | undefined
  /** The total with the delivery; the total of the cart is shown when it is absent. */
  total?: number | undefined
}>

/** The sums of a cart in each of its currencies; only a cart with one currency has discounts and a delivery. */
export const CartSums = ({ cart: { totals, discounts }, delivery, total }: Props): VNode => (
  <>
    {totals.map(({ currency, items_amount, total_amount }) => (
      <Sums
        key={currency}
        currency={currency}
        items={items_amount}
        discounts={totals.length === 1 ? discounts : []}
        delivery={delivery?.price === null ? undefined : delivery && delivery.price - (delivery.delivery_discount ?? 0)}
        total={totals.length === 1 && total !== undefined ? total : total_amount}
      />
    ))}
  </>
)
