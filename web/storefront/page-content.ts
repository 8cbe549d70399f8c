import type { ShopFacts } from '../../apps/storefront/renderer.ts'
import type { Category } from './shop.ts'

/** The content with which the server rendered a page. The browser hydrates with the same. */
export type PageContent = Readonly<{
  status: 200 | 404
  facts: ShopFacts
  categories: readonly Category[]
  loaded?: unknown
  /** The page without a network: the service worker shows it at the addresses of all others. */
  isOffline?: true
}>
