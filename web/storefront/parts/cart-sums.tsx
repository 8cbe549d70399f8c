import type { VNode } from 'preact'
import type { Cart } from '../cart/cart-store.ts'
import { Sums } from './sums.tsx'

type Props = Readonly<{ cart: Cart; delivery?: number | undefined }>

/** The sums of a cart in each of its currencies; only a cart with one currency has discounts and a delivery. */
export const CartSums = ({ cart: { totals, discounts }, delivery = 0 }: Props): VNode => (
  <>
    {totals.map(({ currency, items_amount, total_amount }) => (
      <Sums
        key={currency}
        currency={currency}
        items={items_amount}
        discounts={totals.length === 1 ? discounts : []}
        total={total_amount + delivery}
      />
    ))}
  </>
)
