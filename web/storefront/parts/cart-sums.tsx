import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import type { Cart } from '../cart/cart-store.ts'
import { Sums } from './sums.tsx'

type Delivery = Schemas['QuotedDeliveryMethod']
type Props = Readonly<{
  cart: Cart
  /** The chosen delivery; its fee is null while the address is missing. */
  delivery?: Delivery | undefined
  /** The delivery has a line of its own before its fee is known. */
  isCheckout?: boolean
}>

/** The sums of a cart in each of its currencies; only a cart with one currency has discounts and a delivery. */
export const CartSums = ({ cart, delivery, isCheckout = false }: Props): VNode => {
  const isQuoted = delivery !== undefined && delivery.price !== null && delivery.total_amount !== null
  return (
    <>
      {cart.totals.map(({ currency, items_amount, total_amount }) => {
        const isOnly = cart.totals.length === 1
        // The shop has counted the discounts of the whole order: some depend on the delivery or on the buyer.
        const discounts = isQuoted ? delivery.discounts : cart.discounts
        return (
          <Sums
            key={currency}
            currency={currency}
            items={items_amount}
            discounts={isOnly ? discounts : []}
            delivery={isQuoted && isOnly ? (delivery.price ?? 0) : isCheckout ? 'unknown' : undefined}
            total={isQuoted && isOnly ? (delivery.total_amount ?? 0) : total_amount}
          />
        )
      })}
    </>
  )
}
