/** The facts about the shop that its pages in one language show. */
export type ShopFacts = Readonly<{
  name: string
  /** The address of the logo; the name alone when absent. */
  logo?: string
  phone?: string
  email?: string
  address?: string
  /** The country of the addresses to which the shop delivers, in the language of the page. */
  country: string
  /** The same country as orders name it: one name for all readers. */
  addressCountry: string
  telegram?: string
  /** Whether buyers may pay in cash on delivery. */
  takesCash: boolean
  /** How many pieces of a variant the unpaid orders of a buyer may have; 0 is no limit. */
  maxHeld: number
  /** Whether buyers may order without an account. */
  takesGuests: boolean
  /** The shop has no real bank: every payment is one of the sandbox. */
  isSandbox: boolean
  /** Whether people may sign in with a link to the bot of the shop in Telegram. */
  hasTelegramSignIn: boolean
}>

export type FactsByLocale = Readonly<Record<'ru' | 'en', ShopFacts>>

type Asked = Readonly<{
  locale: 'ru' | 'en'
  /** The path without the language, such as `/product/da-hun-pao`. */
  path: string
  /** The query with its question mark, or nothing. */
  search: string
  /** The origin under which people reach the shop. */
  origin: string
  facts: ShopFacts
  assets: Readonly<{
    script: string
    style: string
    fonts: readonly string[]
    texts: Readonly<Record<'ru' | 'en', string>>
  }>
  /** The API without the network. */
  fetch: (request: Request) => Promise<Response>
}>

export type Rendered = Readonly<{
  status: 200 | 404
  html: string
}>

/** The program that the build of `web/storefront` makes of `entry-server.tsx`. */
export type Renderer = Readonly<{
  render: (asked: Asked) => Promise<Rendered>
  /** The names of the files that list the pages for search engines. */
  sitemapFiles: (asked: Pick<Asked, 'fetch'>) => Promise<readonly string[]>
  /** The paths of the pages in one of these files, without the language; undefined when there is no such file. */
  sitemapPaths: (asked: Pick<Asked, 'fetch'> & Readonly<{ file: string }>) => Promise<readonly string[] | undefined>
  /** The parameters by which the page at a path differs; all others are ignored. */
  parametersOf: (path: string) => readonly string[]
  /** True for a page whose HTML depends on the catalog only, so that all readers may get the same. */
  isCached: (path: string) => boolean
}>
