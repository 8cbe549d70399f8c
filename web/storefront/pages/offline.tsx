import type { VNode } from 'preact'
import { route } from '../router/route.ts'
import { useShop } from '../shop.ts'

function OfflinePage(): VNode {
  const { href, texts } = useShop()
  return (
    <div class="wrap notice">
      <h1>{texts.failed.offlineTitle}</h1>
      <p>{texts.failed.offlineHint}</p>
      <a class="button" href={href('/cart')}>
        {texts.nav.cart}
      </a>
    </div>
  )
}

/** The page that the service worker shows without a network. */
export const offlinePage = route({
  path: '/offline',
  Page: OfflinePage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.failed.offlineTitle} — ${facts.name}` }),
})
