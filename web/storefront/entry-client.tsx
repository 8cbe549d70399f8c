import { hydrate } from 'preact'
import { App } from './app.tsx'
import { openBrowser } from './browser.ts'
import type { Schemas } from './api/client.ts'
import { openCart, type CartActions } from './cart/cart.ts'
import { readCart } from './cart/cart-store.ts'
import { webHost } from './host/web.ts'
import { clearDraft } from './parts/draft.ts'
import { say } from './parts/messages.tsx'
import { Failure } from './api/failure.ts'
import type { PageContent } from './page-content.ts'
import { followHead } from './head/follow-head.ts'
import { readOrderLinks } from './order-access.ts'
import { openOrderSending } from './ordering/send-order.ts'
import { openRouter, type Router } from './router/router.ts'
import { matchRoute, splitPath } from './router/route.ts'
import { missingPage, offlinePage, routes } from './routes.ts'
import { openBrowserApi } from './session/browser-api.ts'
import { openSession } from './session/session.ts'
import { readSession, watchSession } from './session/session-store.ts'
import { openShop, type Shop } from './shop.ts'
import type { Locale } from './text/locale.ts'
import type { Texts } from './text/texts.ts'
import './styles/index.css'

/** Makes the page of the server alive: the same components over the same content. */
async function start(): Promise<void> {
  const content = JSON.parse(document.querySelector('#page')?.textContent ?? '{}') as PageContent
  const { pathname, search, origin } = location
  const locale: Locale = splitPath(pathname)?.locale ?? 'ru'
  const shop = openShop({
    locale,
    facts: content.facts,
    categories: content.categories,
    texts: await readTexts(locale),
  })
  const api = openBrowserApi(locale)
  const found = content.status === 404 ? undefined : matchRoute(routes, splitPath(pathname)?.path ?? '/')
  const match = { ...(found ?? { route: missingPage, params: {} }), query: new URLSearchParams(search) }
  const first = {
    ...match,
    url: pathname + search,
    ...('loaded' in content && { loaded: content.loaded }),
    ...(content.status === 404 && { failure: new Failure(404, { code: 'not-found' }) }),
    ...(content.isOffline && match.route !== offlinePage && { failure: Failure.ofNetwork() }),
  }
  const router = openRouter({ routes, missing: missingPage, api, locale, first })
  const host = webHost
  const orders = openOrderSending({ api, found: (order) => showPlaced(order, { shop, router, cart }) })
  const cart = openCart({ api, host, texts: shop.texts, settleOrder: orders.settle })
  const session = openSession({ api, locale, afterChange: cart.refresh })
  openBrowser({ api, host, cart, orders, session })
  host.openTheme()
  hydrate(<App shop={shop} router={router} />, document.querySelector('#app') ?? document.body)
  document.documentElement.dataset['ready'] = ''
  followHead({ router, shop, origin })
  // The server knew none of them: the first rendering in the browser must be the same as its HTML.
  readCart()
  readOrderLinks()
  readSession()
  watchSession()
  void session.speak()
  cart.refresh()
  addEventListener('offline', () => say(shop.texts.failed.offline))
  addEventListener('online', () => {
    say(shop.texts.failed.online)
    cart.refresh()
    if (router.page.get().failure) router.reload()
  })
  if ('serviceWorker' in navigator && isSecureContext) void navigator.serviceWorker.register('/sw.js')
}

type Placed = Readonly<{ shop: Shop; router: Router; cart: CartActions }>

/** Shows an order whose answer was lost: instead of the cart that it has taken, on other pages as a message. */
function showPlaced({ id, number }: Schemas['Order'], { shop, router, cart }: Placed): void {
  const { href, texts } = shop
  clearDraft('checkout')
  cart.ordered()
  const open = () => router.go(href(`/orders/${id}?placed=1`), { replace: true })
  if ([href('/cart'), href('/checkout')].includes(location.pathname)) return open()
  say(texts.checkout.placed(number), { label: texts.checkout.openOrder, run: open })
}

/** The texts of one language: a reader does not load the other. */
const readTexts = async (locale: Locale): Promise<Texts> =>
  locale === 'ru' ? (await import('./text/ru.ts')).ru : (await import('./text/en.ts')).en

void start()
