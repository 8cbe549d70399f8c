import type { FastifyInstance } from 'fastify'
import type { Cache } from '#platform/cache'
import type { AnyReply, AnyRequest, Routes } from '#platform/http'
import { addressKey } from '#platform/limits'
import { Turns } from '#platform/semaphore'
import type { WebBuild } from './build.ts'
import { apiOf } from './internal-api.ts'
import type { FactsByLocale, Rendered } from './renderer.ts'
import { etagOf, sendCompressed } from './send-compressed.ts'

/** The pages load from their own origin only, except for pictures; no script and no style stands in the HTML. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

export type PageNeeds = Readonly<{
  build: WebBuild
  cache: Cache
  /** The tags under which the cache keeps pages of the catalog. */
  cacheTags: readonly string[]
  facts: FactsByLocale
  origin: () => string
  /** The token with which the renderer reads the API. */
  token: string
}>

type Locale = 'ru' | 'en'
type Shown = Rendered & Readonly<{ etag: string }>

/** The tag of rendered pages alone. */
export const pagesTag = 'storefront:pages'

/** The pages to which e-mails and payments lead. */
const linkedAddresses = [
  '/orders/:id',
  '/orders/by-link/:token',
  '/product/:slug',
  '/product/:slug/reviews',
  '/catalog',
  '/catalog/:slug',
  '/track/:token',
  '/faq',
  '/cart',
  '/checkout',
  '/sign-in',
  '/account',
  '/email/verify',
  '/password/reset',
]

const schema = { hide: true }
const config = { access: 'anyone' } as const

/** The pages of the shop under `/ru` and `/en`; `/` leads to the language of the reader. */
export const pageRoutes =
  (needs: PageNeeds): Routes =>
  (http) => {
    const show = openPages(http, needs)
    for (const locale of ['ru', 'en'] as const) {
      const handler = async (request: AnyRequest, reply: AnyReply) =>
        await sendPage(request, reply, await show(locale, request))
      http.get(`/${locale}`, { schema, config }, handler)
      http.get(`/${locale}/*`, { schema, config }, handler)
    }
    http.get('/', { schema, config }, async (request, reply) =>
      reply.header('vary', 'accept-language').header('cache-control', 'no-cache').redirect(`/${request.locale}`, 302),
    )
    // Links in e-mails and on the pages of payments do not know the language of the reader.
    const redirect = async (request: AnyRequest, reply: AnyReply) => {
      return reply.header('vary', 'accept-language').redirect(`/${request.locale}${request.url}`, 302)
    }
    for (const path of linkedAddresses) http.get(path, { schema, config }, redirect)
  }

/** Most pages that are rendered at once: a page takes milliseconds of the only thread, in which no request is answered. */
const mostRendered = 4

/**
 * Renders pages, those of all networks in turns. Those of the catalog are cached until the catalog changes; all others have no
 * content of a reader.
 */
function openPages(server: FastifyInstance, { build, cache, cacheTags, facts, origin, token }: PageNeeds) {
  const { renderer, entry: assets } = build
  const turns = new Turns(mostRendered)
  return async (locale: Locale, request: Pick<AnyRequest, 'url' | 'ip'>): Promise<Shown> => {
    const url = new URL(request.url, 'http://shop.internal')
    const path = url.pathname.slice(locale.length + 1) || '/'
    const search = searchOf(url.searchParams, renderer.parametersOf(path))
    const fetch = apiOf(server, { token, locale })
    const renderNow = async (): Promise<Shown> => {
      const asked = { locale, path, search, origin: origin(), facts: facts[locale], assets, fetch }
      const page = await renderer.render(asked)
      return { ...page, etag: etagOf(page.html) }
    }
    const render = () => turns.run(addressKey(request.ip), renderNow)
    if (!renderer.isCached(path)) return await render()
    const key = `storefront:${origin()}:${locale}${path}${search}`
    return await cache.through({ key, tags: [pagesTag, ...cacheTags], load: render })
  }
}

/** The parameters that the page reads, in one order, so that equal pages have one key. */
function searchOf(query: URLSearchParams, parameters: readonly string[]): string {
  const pairs = parameters.flatMap((name) => query.getAll(name).map((value) => [name, value.slice(0, 300)]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

async function sendPage(request: AnyRequest, reply: AnyReply, { html, status, etag }: Shown): Promise<AnyReply> {
  reply.code(status).header('content-security-policy', pagePolicy).header('referrer-policy', 'same-origin')
  return await sendCompressed(request, reply, { body: html, etag, type: 'text/html; charset=utf-8' })
}
