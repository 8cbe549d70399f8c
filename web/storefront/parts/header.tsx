import type { VNode } from 'preact'
import { browser } from '../browser.ts'
import { cartStore } from '../cart/cart-store.ts'
import { useRouter } from '../router/router.ts'
import { splitPath } from '../router/route.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { Search } from './search.tsx'

/** The name of the shop, the search, the reader's own pages and the sections. */
export function Header(): VNode {
  const { facts, href, texts } = useShop()
  return (
    <header class="header">
      <div class="bar-row wrap">
        <a class="brand" href={href('/')} aria-label={`${facts.name}: ${texts.nav.home}`}>
          {facts.logo ? <img src={facts.logo} alt={facts.name} height="40" /> : <Mark />}
          {!facts.logo && <span>{facts.name}</span>}
        </a>
        <Search />
        <OwnPages />
      </div>
      <Sections />
    </header>
  )
}

/** A leaf and a petal: the mark of a shop without a logo. */
const Mark = (): VNode => (
  <svg class="mark" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
    <path class="mark-leaf" d="M19 34C7 31 4 19 8 7c11 3 16 13 11 27z" />
    <path class="mark-petal" d="M21 34c-3-12 3-20 12-22 3 10-2 19-12 22z" />
  </svg>
)

function OwnPages(): VNode {
  const { href, texts } = useShop()
  const session = useStore(sessionStore)
  const cart = useStore(cartStore)
  const pieces = cart.view?.pieces ?? 0
  const { url } = useStore(useRouter().page)
  const { otherCode, other, switchTo } = texts.language
  const [pathname = '', search] = url.split('?')
  const path = splitPath(pathname)?.path ?? '/'
  const elsewhere = `/${otherCode}${path === '/' ? '' : path}${search === undefined ? '' : `?${search}`}`
  return (
    <nav class="own" aria-label={texts.nav.menu}>
      <a
        class="tool language"
        href={elsewhere}
        hreflang={otherCode}
        lang={otherCode}
        data-document
        title={switchTo}
        // The fragment is the code of a link in an e-mail, and the router does not know it.
        onClick={({ currentTarget }) => (currentTarget.hash = location.hash)}
      >
        <span aria-hidden="true">{otherCode.toUpperCase()}</span>
        <span class="unseen">{other}</span>
      </a>
      <button type="button" class="tool" aria-label={texts.nav.theme} onClick={() => browser().host.switchTheme()}>
        <Icon name="theme" />
      </button>
      <a
        class="tool"
        href={href(session ? '/account' : '/sign-in')}
        aria-label={session ? texts.nav.account : texts.nav.signIn}
      >
        <Icon name="user" />
      </a>
      <a
        class="tool cart-link"
        href={href('/cart')}
        aria-label={texts.nav.cartOf(pieces)}
        onPointerEnter={() => browser().cart.refresh()}
      >
        <Icon name="cart" />
        {pieces > 0 && <span class="count">{pieces > 99 ? '99+' : pieces}</span>}
      </a>
    </nav>
  )
}

function Sections(): VNode {
  const { categories, href, texts } = useShop()
  const { params } = useStore(useRouter().page)
  const current = categories.find(({ slug }) => slug === params['category'])
  const isHere = (id: string) => current?.id === id || current?.parent_id === id
  return (
    <nav class="sections" aria-label={texts.nav.sections}>
      <ul class="wrap">
        {categories
          .filter(({ parent_id }) => parent_id === null)
          .map(({ id, slug, name }) => (
            <li key={id}>
              <a href={href(`/catalog/${slug}`)} aria-current={isHere(id) ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
        <li>
          <a href={href('/catalog')}>{texts.nav.catalog}</a>
        </li>
      </ul>
    </nav>
  )
}
