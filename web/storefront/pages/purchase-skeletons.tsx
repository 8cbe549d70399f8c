import type { VNode } from 'preact'
import { useShop } from '../shop.ts'

/** The checkout while the cart and the offer of the shop are read. */
export function CheckoutSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="skeleton" role="status" aria-label={texts.ui.loading}>
      <span class="bar tall" />
      <span class="bar" />
      <span class="bar short" />
    </div>
  )
}

/** The page of the checkout before its program is there. */
export function CheckoutPageSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="wrap">
      <h1 class="page-title">{texts.checkout.title}</h1>
      <CheckoutSkeleton />
      <noscript>
        <p>{texts.product.withoutScript}</p>
      </noscript>
    </div>
  )
}

/** An order while it is read. */
export function OrderSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="wrap skeleton" role="status" aria-label={texts.ui.loading}>
      <div class="page-title">
        <span class="bar tall short" />
      </div>
      <span class="bar" />
      <span class="bar short" />
      <span class="bar" />
    </div>
  )
}

/** A parcel while its way is read. */
export function TrackSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="narrow">
      <h1>{texts.track.title}</h1>
      <p role="status">{texts.ui.loading}</p>
    </div>
  )
}
