import type { VNode } from 'preact'
import { useShop } from '../shop.ts'

type Discount = Readonly<{
  promotion_id: string
  name: string
  code: string | null
  amount: number
  /** The order will check whether the buyer gets it; absent in an order. */
  is_checked_at_order?: boolean
}>
type Props = Readonly<{
  currency: string
  /** The sum of the lines, before discounts. */
  items: number
  discounts: readonly Discount[]
  /** The fee before its discount; `unknown` while the address is missing, undefined before the delivery is chosen. */
  delivery?: number | 'unknown' | undefined
  total: number
}>

/** The sums below the lines of a cart or an order: what they cost, each discount, the delivery, and the total. */
export function Sums({ currency, items, discounts, delivery, total }: Props): VNode {
  const { formats, texts } = useShop()
  const isPlain = discounts.length === 0 && delivery === undefined
  const deliveryText = (fee: number | 'unknown') => {
    if (fee === 'unknown') return texts.checkout.deliveryByAddress
    return fee === 0 ? texts.coupon.free : formats.money(fee, currency)
  }
  return (
    <dl class="sums">
      {!isPlain && <Sum name={texts.coupon.goods} sum={formats.money(items, currency)} />}
      {discounts.map(({ promotion_id, name, code, amount, is_checked_at_order = false }) => (
        <Sum
          key={promotion_id}
          name={code === null ? name : `${name} (${code})`}
          hint={is_checked_at_order ? texts.coupon.checkedAtOrder : undefined}
          sum={amount === 0 ? texts.coupon.freeDelivery : `−${formats.money(amount, currency)}`}
        />
      ))}
      {delivery !== undefined && <Sum name={texts.checkout.delivery} sum={deliveryText(delivery)} />}
      <div class="total">
        <dt>{delivery === 'unknown' ? texts.checkout.totalWithout : texts.cart.total}</dt>
        <dd>
          <b>{formats.money(total, currency)}</b>
        </dd>
      </div>
    </dl>
  )
}

type SumProps = Readonly<{ name: string; hint?: string | undefined; sum: string }>

const Sum = ({ name, hint, sum }: SumProps): VNode => (
  <div>
    <dt>
      {name} {hint !== undefined && <small class="hint">{hint}</small>}
    </dt>
    <dd>{sum}</dd>
  </div>
)
