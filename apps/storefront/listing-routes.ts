import type { Cache } from '#platform/cache'
import type { Routes } from '#platform/http'
import { apiOf } from './internal-api.ts'
import type { PageNeeds } from './page-routes.ts'

const schema = { hide: true }
const config = { access: 'anyone' } as const
/** A sitemap has at most 50,000 addresses; each page has two. */
const maxPages = 25_000

type Needs = Pick<PageNeeds, 'build' | 'cacheTags' | 'origin' | 'token'> & Readonly<{ cache: Cache }>

/** `robots.txt` and `sitemap.xml`, for search engines. */
export const listingRoutes =
  ({ build: { renderer }, cache, cacheTags, origin, token }: Needs): Routes =>
  (http) => {
    http.get('/robots.txt', { schema, config }, (_request, reply) =>
      reply.type('text/plain; charset=utf-8').header('cache-control', 'public, max-age=3600').send(robots(origin())),
    )
    http.get('/sitemap.xml', { schema, config }, async (_request, reply) => {
      const load = async () => {
        const paths: string[] = []
        const fetch = apiOf(http, { token, locale: 'ru' })
        for await (const { path } of renderer.sitemap({ fetch })) {
          if (paths.length === maxPages) break
          paths.push(path)
        }
        return sitemapOf(paths, origin())
      }
      const body = await cache.through({ key: `storefront:sitemap:${origin()}`, tags: cacheTags, load })
      return reply.type('application/xml; charset=utf-8').header('cache-control', 'public, max-age=3600').send(body)
    })
  }

/** The pages of one reader are of no use in a search engine. */
const robots = (origin: string) => `User-agent: *
Disallow: /api/
Disallow: /pay/
Disallow: /*/cart
Disallow: /*/checkout
Disallow: /*/account
Disallow: /*/orders/
Disallow: /*/track/
Disallow: /*?*search=
Sitemap: ${origin}/sitemap.xml
`

function sitemapOf(paths: readonly string[], origin: string): string {
  const urlOf = (locale: string, path: string) => `${origin}/${locale}${path === '/' ? '' : path}`
  const alternates = (path: string) =>
    ['ru', 'en']
      .map((locale) => `<xhtml:link rel="alternate" hreflang="${locale}" href="${urlOf(locale, path)}"/>`)
      .join('')
  const entries = paths.flatMap((path) =>
    ['ru', 'en'].map((locale) => `<url><loc>${urlOf(locale, path)}</loc>${alternates(path)}</url>`),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${entries.join('\n')}
</urlset>
`
}
