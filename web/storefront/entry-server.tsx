import { renderToString } from 'preact-render-to-string'
import type { Renderer } from '../../apps/storefront/renderer.ts'
import { bodyOf, openApi, type Api } from './api/client.ts'
import { failureOf } from './api/failure.ts'
import { App } from './app.tsx'
import { documentOf } from './head/document.ts'
import type { PageContent } from './page-content.ts'
import { matchRoute, type Match } from './router/route.ts'
import type { Router } from './router/router.ts'
import { missingPage, offlinePage, routes } from './routes.ts'
import { openShop, type Category } from './shop.ts'
import { listSitemapFiles, listSitemapPaths } from './sitemap.ts'
import { textsOf } from './text/texts.ts'

/** Requests of the server have no host; the address of the API only completes their URL. */
const apiAddress = 'http://api.internal'

const openServerApi = (fetch: (request: Request) => Promise<Response>) => openApi({ baseUrl: apiAddress, fetch })

export const render: Renderer['render'] = async ({ locale, path, search, origin, facts, assets, fetch }) => {
  const api = openServerApi(fetch)
  const found = matchRoute(routes, path)
  const match: Match = { ...(found ?? { route: missingPage, params: {} }), query: new URLSearchParams(search) }
  const [categories, loading] = await Promise.all([
    readCategories(api),
    found ? read(api, match) : { status: 404 as const },
  ])
  const isOffline = found?.route === offlinePage
  const content: PageContent = { ...loading, facts, categories, ...(isOffline && { isOffline }) }
  const shop = openShop({ locale, facts, categories, texts: textsOf(locale) })
  const { route, params, query } = content.status === 404 ? { ...match, route: missingPage } : match
  const { loaded } = content
  const head = route.head({ shop, loaded, params, query, absolute: (each) => new URL(each, origin).href })
  const router = idleRouter({ ...match, route, url: shop.href(path) + search, loaded })
  const body = renderToString(<App shop={shop} router={router} />)
  const isIndexed = content.status === 200 && route.isIndexed === true && !isRefined(query)
  return documentOf({ locale, head, body, content, assets, origin, path, search: canonicalSearch(query), isIndexed })
}

export const sitemapFiles: Renderer['sitemapFiles'] = ({ fetch }) => listSitemapFiles(openServerApi(fetch))

export const sitemapPaths: Renderer['sitemapPaths'] = ({ fetch, file }) => listSitemapPaths(openServerApi(fetch), file)

export const parametersOf: Renderer['parametersOf'] = (path) => matchRoute(routes, path)?.route.parameters ?? []

export const isCached: Renderer['isCached'] = (path) => {
  const route = matchRoute(routes, path)?.route
  return route?.isIndexed === true && route.isFresh !== true
}

/** Reads the content of a page. A failure other than 404 is thrown: the server answers it with its own page. */
async function read(api: Api, { route, params, query }: Match): Promise<Pick<PageContent, 'status' | 'loaded'>> {
  if (!route.load) return { status: 200 }
  try {
    return { status: 200, loaded: await route.load({ api, params, query }) }
  } catch (error) {
    const { status } = failureOf(error)
    if (status === 404 || status === 400) return { status: 404 }
    throw error
  }
}

async function readCategories(api: Api): Promise<readonly Category[]> {
  const { items } = await bodyOf(api.GET('/api/v1/catalog/categories', { params: { query: { page_size: 100 } } }))
  return items
}

/** Filters and searches make endless addresses, which search engines should not list. The pages of a list are listed. */
const isRefined = (query: URLSearchParams): boolean =>
  [...query.keys()].some((name) => name !== 'page' && name !== 'sort')

function canonicalSearch(query: URLSearchParams): string {
  const page = Number(query.get('page'))
  return page > 1 ? `?page=${page}` : ''
}

/** A router of one page: the server renders it once. */
const idleRouter = (page: ReturnType<Router['page']['get']>): Router => ({
  page: { get: () => page, set: () => {}, subscribe: () => () => {} },
  go: () => {},
  reload: () => {},
})
