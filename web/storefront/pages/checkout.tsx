import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { cartStore, type Cart } from '../cart/cart-store.ts'
import { CartSums } from '../parts/cart-sums.tsx'
import { Coupon } from '../parts/coupon.tsx'
import { route } from '../router/route.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { useRouter } from '../router/router.ts'
import { CheckoutForm } from './checkout-form.tsx'

function CheckoutPage(): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const session = useStore(sessionStore)
  const { view } = useStore(cartStore)
  const isEmpty = view !== null && view.items.length === 0
  useEffect(() => {
    if (isEmpty) router.go(href('/cart'), { replace: true })
  }, [isEmpty])
  return (
    <div class="wrap">
      <h1 class="page-title">{texts.checkout.title}</h1>
      {session === null && <SignInFirst />}
      {session !== undefined && view && !isEmpty && (
        <div class="columns">
          <CheckoutForm cart={view} session={session} />
          <Summary cart={view} />
        </div>
      )}
      {(session === undefined || !view) && <CheckoutSkeleton />}
      <noscript>
        <p>{texts.product.withoutScript}</p>
      </noscript>
    </div>
  )
}

function SignInFirst(): VNode {
  const { href, texts } = useShop()
  return (
    <p class="hint before">
      {texts.checkout.signInFirst} <a href={href('/sign-in?next=/checkout')}>{texts.account.signInButton}</a> ·{' '}
      <a href={href('/register?next=/checkout')}>{texts.account.registerButton}</a>
    </p>
  )
}

/** The lines of the cart beside the form. */
function Summary({ cart }: Readonly<{ cart: Cart }>): VNode {
  const { formats, href, texts } = useShop()
  return (
    <aside class="sheet aside" aria-labelledby="your-order">
      <h2 id="your-order">{texts.checkout.yourOrder}</h2>
      <ul class="lines">
        {cart.items.map(({ variant_id, title, quantity, line_total, currency }) => (
          <li key={variant_id}>
            <span>
              {title}
              {quantity > 1 && ` × ${quantity}`}
            </span>
            <span class="sum">{formats.money(line_total, currency)}</span>
          </li>
        ))}
      </ul>
      <CartSums cart={cart} />
      <Coupon cart={cart} />
      <a class="link" href={href('/cart')}>
        {texts.checkout.goBack}
      </a>
    </aside>
  )
}

function CheckoutSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="skeleton" role="status" aria-label={texts.ui.loading}>
      <span class="bar tall" />
      <span class="bar" />
      <span class="bar short" />
    </div>
  )
}

export const checkoutPage = route({
  path: '/checkout',
  Page: CheckoutPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.checkout.title} — ${facts.name}` }),
})
