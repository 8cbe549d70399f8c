import type { VNode } from 'preact'
import { useShop } from '../shop.ts'

type Props = Readonly<{ price: number; compareAt?: number | null; currency: string; isFrom?: boolean }>

/** A price, with the earlier one when it was reduced. */
export function Price({ price, compareAt = null, currency, isFrom = false }: Props): VNode {
  const { formats, texts } = useShop()
  const text = formats.money(price, currency)
  const isReduced = compareAt !== null && compareAt > price
  return (
    <span class={isReduced ? 'price reduced' : 'price'}>
      <span>{isFrom ? texts.product.from(text) : text}</span>
      {isReduced && (
        <s>
          <span class="unseen">{texts.product.oldPrice} </span>
          {formats.money(compareAt, currency)}
        </s>
      )}
    </span>
  )
}
