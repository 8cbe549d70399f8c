import type { ComponentType } from 'preact'
import type { Thing } from 'schema-dts'
import type { Api } from '../api/client.ts'
import type { Failure } from '../api/failure.ts'
import type { Shop } from '../shop.ts'

type Params = Readonly<Record<string, string>>

export type LoadRequest = Readonly<{ api: Api; params: Params; query: URLSearchParams }>

/** `loaded` is absent while the page is loading: the page shows its skeleton then. */
export type PageProps<Loaded> = Readonly<{ loaded: Loaded | undefined; params: Params; query: URLSearchParams }>

/** The part of a page that search engines and other sites read. */
export type Head = Readonly<{
  title: string
  description?: string
  image?: string
  kind?: 'website' | 'product'
  /** Documents of schema.org; addresses are paths. */
  structured?: readonly Exclude<Thing, string>[]
}>

export type HeadRequest<Loaded> = Readonly<{
  shop: Shop
  loaded: Loaded | undefined
  params: Params
  query: URLSearchParams
  /** Makes an absolute address of a path. */
  absolute: (path: string) => string
}>

type Definition<Loaded> = Readonly<{
  /** The path without the language; `:name` matches one segment. */
  path: string
  /** The query parameters by which the page differs. */
  parameters?: readonly string[]
  /** Search engines may list the page. */
  isIndexed?: boolean
  /** The page shows more than the catalog, so the server renders it for each request. */
  isFresh?: boolean
  /** Reads the page in the browser and on the server. A page without it reads in the browser only. */
  load?: (request: LoadRequest) => Promise<Loaded>
  Page: ComponentType<PageProps<Loaded>>
  head: (request: HeadRequest<Loaded>) => Head
}>

/** A page of the storefront by its path. */
export type Route = Definition<unknown>

/** Declares a page; its loaded content has one type in `load`, `Page` and `head`. */
export const route = <Loaded>(definition: Definition<Loaded>): Route => definition as unknown as Route

export type Match = Readonly<{ route: Route; params: Params; query: URLSearchParams }>

/** A page and its content: loaded, still loading, or failed. */
export type PageState = Match & Readonly<{ url: string; loaded?: unknown; failure?: Failure }>

/** The first route that matches a path without its language. */
export function matchRoute(routes: readonly Route[], path: string): Pick<Match, 'route' | 'params'> | undefined {
  const segments = path.split('/').filter(Boolean)
  for (const route of routes) {
    const params = paramsOf(route.path.split('/').filter(Boolean), segments)
    if (params) return { route, params }
  }
  return undefined
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decoded(segment)
    else if (part !== segment) return undefined
  }
  return params
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Splits `/ru/cart` into its language and the path in it. */
export function splitPath(pathname: string): Readonly<{ locale: 'ru' | 'en'; path: string }> | undefined {
  const [, locale, path] = /^\/(ru|en)(\/.*)?$/.exec(pathname) ?? []
  return locale === 'ru' || locale === 'en' ? { locale, path: path ?? '/' } : undefined
}
