import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { ShopFacts } from '../../apps/storefront/renderer.ts'
import type { Schemas } from './api/client.ts'
import { formatsOf, type Formats } from './formats.ts'
import type { Locale } from './text/locale.ts'
import type { Texts } from './text/texts.ts'

export type Category = Schemas['Category']

/** Facts that every page shows: the language, the shop and its categories. */
export type Shop = Readonly<{
  locale: Locale
  facts: ShopFacts
  categories: readonly Category[]
  texts: Texts
  formats: Formats
  /** The address of a page in the language of the reader: `/cart` is `/ru/cart`. */
  href: (path: string) => string
}>

type Given = Pick<Shop, 'locale' | 'facts' | 'categories' | 'texts'>

export const openShop = ({ locale, facts, categories, texts }: Given): Shop => ({
  locale,
  facts,
  categories,
  texts,
  formats: formatsOf(locale),
  href: (path) => `/${locale}${path === '/' ? '' : path}`,
})

export const ShopContext = createContext<Shop | undefined>(undefined)

/** The shop of the page. */
export function useShop(): Shop {
  const shop = useContext(ShopContext)
  if (!shop) throw new Error('The component is outside of a shop')
  return shop
}
