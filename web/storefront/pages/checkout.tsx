import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { cartStore, type Cart } from '../cart/cart-store.ts'
import { CartSums } from '../parts/cart-sums.tsx'
import { Coupon } from '../parts/coupon.tsx'
import type { PageProps } from '../router/route.ts'
import { sessionStore, type Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { useRouter } from '../router/router.ts'
import { useSavedAddresses, withAddress, type SavedAddresses } from './checkout-address.tsx'
import { CheckoutForm, useCheckoutDraft, type CheckoutContent } from './checkout-form.tsx'
import { quotedMethod, useQuote, type QuotedMethod } from './checkout-quote.ts'
import { CheckoutSkeleton } from './purchase-skeletons.tsx'

export function CheckoutPage({ loaded }: PageProps<CheckoutContent>): VNode {
  const { facts, href, texts } = useShop()
  const router = useRouter()
  const session = useStore(sessionStore)
  const { view } = useStore(cartStore)
  const isEmpty = view !== null && view.items.length === 0
  useEffect(() => {
    if (isEmpty) router.go(href('/cart'), { replace: true })
  }, [isEmpty])
  const isKnown = session !== undefined && loaded !== undefined
  const mayOrder = session !== null || facts.takesGuests
  return (
    <div class="wrap">
      <h1 class="page-title">{texts.checkout.title}</h1>
      {isKnown && !mayOrder && <SignInFirst />}
      {isKnown && mayOrder && view && !isEmpty && (
        <Filled key={session?.user.id} cart={view} session={session} content={loaded} />
      )}
      {(!isKnown || (mayOrder && (!view || isEmpty))) && <CheckoutSkeleton />}
      <noscript>
        <p>{texts.product.withoutScript}</p>
      </noscript>
    </div>
  )
}

type FilledProps = Readonly<{ cart: Cart; session: Session | null; content: CheckoutContent }>

/** The checkout of one buyer, once her saved addresses are read. */
function Filled(props: FilledProps): VNode {
  const saved = useSavedAddresses(props.session)
  return saved ? <FilledFrom {...props} saved={saved} /> : <CheckoutSkeleton />
}

/** The form and the summary share what is typed: the delivery to the address is part of the total. */
function FilledFrom({ cart, session, content, saved }: FilledProps & Readonly<{ saved: SavedAddresses }>): VNode {
  const draft = useCheckoutDraft(session)
  const quoting = useQuote(cart, withAddress(draft.fields, saved))
  const method = quotedMethod(quoting.quote, draft.fields.method)
  return (
    <>
      {session === null && <SignInFirst />}
      <div class="columns">
        <CheckoutForm
          cart={cart}
          isGuest={session === null}
          draft={draft}
          quoting={quoting}
          content={content}
          saved={saved}
        />
        <Summary cart={cart} method={method} />
      </div>
    </>
  )
}

function SignInFirst(): VNode {
  const { facts, href, texts } = useShop()
  return (
    <p class="hint before">
      {facts.takesGuests ? texts.checkout.signInFirst : texts.checkout.signInToOrder}{' '}
      <a href={href('/sign-in?next=/checkout')}>{texts.account.signInButton}</a> ·{' '}
      <a href={href('/register?next=/checkout')}>{texts.account.registerButton}</a>
    </p>
  )
}

type SummaryProps = Readonly<{ cart: Cart; method: QuotedMethod | undefined }>

/** The lines of the cart beside the form. */
function Summary({ cart, method }: SummaryProps): VNode {
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
      <CartSums cart={cart} delivery={method} isCheckout />
      <Coupon cart={cart} />
      <a class="link" href={href('/cart')}>
        {texts.checkout.goBack}
      </a>
    </aside>
  )
}
