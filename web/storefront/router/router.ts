import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Api } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { createStore, type Store } from '../store.ts'
import { matchRoute, splitPath, type Match, type PageState, type Route } from './route.ts'

export type Router = Readonly<{
  page: Store<PageState>
  /** Opens an address of the shop; `replace` leaves no entry in the history. */
  go: (href: string, options?: Readonly<{ replace?: boolean }>) => void
  /** Loads the present page again. */
  reload: () => void
}>

type Opening = Readonly<{ routes: readonly Route[]; missing: Route; api: Api; locale: 'ru' | 'en'; first: PageState }>

/** Pages that were open lately, so that the back button shows them at once. */
const maxPages = 20
/** After this many milliseconds a page that still loads shows its skeleton; before, the old page stays. */
const skeletonDelay = 150

type Entry = Readonly<{ key: number; scroll?: number }>
const entry = (): Entry => (history.state as Entry | null) ?? { key: 0 }

/** Opens the router of a browser: links, the history, scrolling and focus. */
export function openRouter({ routes, missing, api, locale, first }: Opening): Router {
  const page = createStore<PageState>(first)
  const visited = new Map<string, PageState>(first.failure ? [] : [[first.url, first]])
  let turn = 0

  const matchOf = (url: URL): Match => {
    const split = splitPath(url.pathname)
    const found = split?.locale === locale ? matchRoute(routes, split.path) : undefined
    return { ...(found ?? { route: missing, params: {} }), query: url.searchParams }
  }

  async function show(url: URL, { scroll, isFresh }: { scroll: number; isFresh: boolean }): Promise<void> {
    const mine = ++turn
    const href = url.pathname + url.search
    const match = matchOf(url)
    const isSamePage = page.get().route === match.route && page.get().url.split('?')[0] === url.pathname
    const open = (state: PageState) => {
      if (mine !== turn) return
      page.set(state)
      requestAnimationFrame(() => arrive(scroll, isSamePage))
    }
    const { load } = match.route
    const known = isFresh ? undefined : visited.get(href)
    if (!load || known) return open(known ?? { ...match, url: href })
    const timer = setTimeout(() => !isSamePage && open({ ...match, url: href }), skeletonDelay)
    const state = await load({ api, params: match.params, query: match.query }).then(
      (loaded): PageState => ({ ...match, url: href, loaded }),
      (error: unknown): PageState => ({ ...match, url: href, failure: failureOf(error) }),
    )
    clearTimeout(timer)
    if (!state.failure) store(state)
    open(state)
  }

  function store(state: PageState): void {
    visited.delete(state.url)
    visited.set(state.url, state)
    const [oldest] = visited.keys()
    if (visited.size > maxPages && oldest !== undefined) visited.delete(oldest)
  }

  function go(href: string, { replace = false } = {}): void {
    const url = new URL(href, location.href)
    const { key } = entry()
    if (replace) history.replaceState({ key }, '', url)
    else {
      history.replaceState({ key, scroll: scrollY }, '')
      history.pushState({ key: key + 1 }, '', url)
    }
    const isSamePage = page.get().url.split('?')[0] === url.pathname
    void show(url, { scroll: isSamePage ? scrollY : 0, isFresh: true })
  }

  history.scrollRestoration = 'manual'
  addEventListener('pagehide', () => history.replaceState({ ...entry(), scroll: scrollY }, ''))
  addEventListener('popstate', () => {
    void show(new URL(location.href), { scroll: entry().scroll ?? 0, isFresh: false })
  })
  document.addEventListener('click', (event) => followLink(event, locale, go))
  if (entry().scroll) scrollTo(0, entry().scroll ?? 0)
  return { page, go, reload: () => void show(new URL(location.href), { scroll: scrollY, isFresh: true }) }
}

/** Scrolls, and moves the focus to the new page, so that a screen reader begins there. */
function arrive(scroll: number, isSamePage: boolean): void {
  scrollTo({ top: scroll, behavior: 'instant' })
  if (!isSamePage) document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true })
}

/** The reader asks for no other tab and no other window. */
export const isPlainClick = ({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean =>
  button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey

/** Removes the query and the fragment of the open page from the history: a used code of a link. */
export const dropLinkCode = (): void => history.replaceState(history.state, '', location.pathname)

/** Opens links to pages of this language without loading a document; the browser follows all other links. */
function followLink(event: MouseEvent, locale: string, go: (href: string) => void): void {
  if (event.defaultPrevented || !isPlainClick(event)) return
  const link = (event.target as Element | null)?.closest('a')
  if (!link || link.target !== '' || link.hasAttribute('download') || link.dataset['document'] !== undefined) return
  const url = new URL(link.href, location.href)
  if (url.origin !== location.origin || splitPath(url.pathname)?.locale !== locale) return
  if (url.hash !== '' && url.pathname === location.pathname && url.search === location.search) return
  event.preventDefault()
  go(url.href)
}

export const RouterContext = createContext<Router | undefined>(undefined)

/** The router of the page. */
export function useRouter(): Router {
  const router = useContext(RouterContext)
  if (!router) throw new Error('The component is outside of a router')
  return router
}
