import type { VNode } from 'preact'
import { useShop } from '../shop.ts'
import { Icon } from './icon.tsx'

type Props = Readonly<{ quantity: number; most: number; name: string; change: (quantity: number) => void }>

/** A number of pieces with buttons. */
export function Quantity({ quantity, most, name, change }: Props): VNode {
  const { texts } = useShop()
  const { fewer, more, quantity: label } = texts.product
  return (
    <div class="quantity" role="group" aria-label={`${label}: ${name}`}>
      <button type="button" aria-label={fewer} disabled={quantity <= 1} onClick={() => change(quantity - 1)}>
        <Icon name="minus" />
      </button>
      <output aria-live="polite">{quantity}</output>
      <button type="button" aria-label={more} disabled={quantity >= most} onClick={() => change(quantity + 1)}>
        <Icon name="plus" />
      </button>
    </div>
  )
}
