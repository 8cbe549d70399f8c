import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { browser } from '../browser.ts'
import { cartStore, type Cart } from '../cart/cart-store.ts'
import { mostAtOnce, mostOf } from '../cart/most-at-once.ts'
import { CartSums } from '../parts/cart-sums.tsx'
import { Coupon } from '../parts/coupon.tsx'
import { Icon } from '../parts/icon.tsx'
import { Picture } from '../parts/picture.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { route } from '../router/route.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { readPurchase } from './purchase-routes.ts'

function CartPage(): VNode {
  const { texts } = useShop()
  const { view } = useStore(cartStore)
  return (
    <div class="wrap">
      <h1 class="page-title">{texts.cart.title}</h1>
      {!view && <CartSkeleton />}
      {view && view.items.length === 0 && <EmptyCart />}
      {view && view.items.length > 0 && <FullCart cart={view} />}
      <noscript>
        <p>{texts.product.withoutScript}</p>
      </noscript>
    </div>
  )
}

function FullCart({ cart }: Readonly<{ cart: Cart }>): VNode {
  const { href, texts } = useShop()
  // The next page is the checkout. If its program cannot be read now, the checkout reads it again.
  useEffect(() => void readPurchase().catch(() => {}), [])
  const isShort = cart.items.some(({ insufficient_stock }) => insufficient_stock)
  return (
    <div class="columns">
      <ul>
        {cart.items.map((item) => (
          <CartLine key={item.variant_id} item={item} />
        ))}
      </ul>
      <section class="sheet aside" aria-label={texts.cart.total}>
        <CartSums cart={cart} />
        <Coupon cart={cart} />
        {isShort ? (
          <p class="alert" role="alert">
            {texts.cart.shortHint}
          </p>
        ) : (
          <a class="button wide" href={href('/checkout')}>
            {texts.cart.checkout}
          </a>
        )}
        <p class="hint">{texts.cart.deliveryLater}</p>
      </section>
    </div>
  )
}

function CartLine({ item }: Readonly<{ item: Cart['items'][number] }>): VNode {
  const { facts, formats, href, texts } = useShop()
  const { variant_id, title, slug, quantity, price, currency, line_total, available, insufficient_stock } = item
  const most = mostAtOnce(item, facts)
  return (
    <li class="cart-item">
      <Picture product={item} size={88} />
      <h2>
        <a href={href(`/product/${slug}`)}>{title}</a>
      </h2>
      <span class="sum">{formats.money(line_total, currency)}</span>
      <div class="cart-item-foot">
        <Quantity
          quantity={quantity}
          most={Math.max(most, 1)}
          name={title}
          change={(next) => browser().cart.change(variant_id, next)}
        />
        {insufficient_stock ? (
          <span class="wrong">{texts.cart.short(available ?? 0)}</span>
        ) : quantity >= most && most < mostOf(available) ? (
          <span class={quantity > most ? 'wrong' : 'each'}>{texts.product.atMost(most)}</span>
        ) : (
          quantity > 1 && (
            <span class="each">
              {formats.money(price, currency)} {texts.cart.each}
            </span>
          )
        )}
        <button
          type="button"
          class="tool"
          aria-label={texts.cart.remove(title)}
          onClick={() => browser().cart.remove(variant_id)}
        >
          <Icon name="close" />
        </button>
      </div>
    </li>
  )
}

function EmptyCart(): VNode {
  const { href, texts } = useShop()
  return (
    <div class="empty">
      <img src="/shop-art/missing.svg" alt="" width="240" height="180" />
      <h2>{texts.cart.empty}</h2>
      <p>{texts.cart.emptyHint}</p>
      <a class="button" href={href('/catalog?tag=best')}>
        {texts.cart.browse}
      </a>
    </div>
  )
}

function CartSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="skeleton" role="status" aria-label={texts.ui.loading}>
      {[1, 2].map((each) => (
        <div class="cart-item" key={each} aria-hidden="true">
          <div class="picture" />
          <span class="bar" />
        </div>
      ))}
    </div>
  )
}

export const cartPage = route({
  path: '/cart',
  Page: CartPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.cart.title} — ${facts.name}` }),
})
