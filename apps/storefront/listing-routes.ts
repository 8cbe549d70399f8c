import { Type } from 'typebox'
import type { Cache } from '#platform/cache'
import { refuse, type AnyReply, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { apiOf } from './internal-api.ts'
import type { PageNeeds } from './page-routes.ts'

const schema = { hide: true }
const withFile = {
  hide: true,
  params: Type.Object({ file: Type.String({ maxLength: 20, pattern: '^[a-z]+(-[0-9]+)?$' }) }),
}
const config = { access: 'anyone' } as const
/** The sitemaps.org protocol allows so many files in an index. */
const maxFiles = 50_000

type Needs = Pick<PageNeeds, 'build' | 'cacheTags' | 'origin' | 'token'> & Readonly<{ cache: Cache }>

/**
 * `robots.txt`, and `sitemap.xml`, the index of the files that list the pages for search engines. The cache keeps the paths of
 * a file and not its XML, which is ten times larger.
 */
export const listingRoutes =
  ({ build: { renderer }, cache, cacheTags, origin, token }: Needs): Routes =>
  (http) => {
    const fetch = apiOf(http, { token, locale: 'ru' })
    http.get('/robots.txt', { schema, config }, (_request, reply) =>
      reply.type('text/plain; charset=utf-8').header('cache-control', 'public, max-age=3600').send(robots(origin())),
    )
    http.get('/sitemap.xml', { schema, config }, async (_request, reply) => {
      const files = await cache.through({
        key: 'storefront:sitemap',
        tags: cacheTags,
        load: () => renderer.sitemapFiles({ fetch }),
      })
      return sendXml(reply, indexOf(files.slice(0, maxFiles), origin()))
    })
    http.get('/sitemap/:file.xml', { schema: withFile, config }, async (request, reply) => {
      const { file } = request.params
      const paths = await cache.through({
        key: `storefront:sitemap:${file}`,
        tags: cacheTags,
        load: () => renderer.sitemapPaths({ fetch, file }),
      })
      return paths ? sendXml(reply, fileOf(paths, origin())) : refuse(reply, notFound('page'))
    })
  }

const sendXml = (reply: AnyReply, body: string): AnyReply =>
  reply.type('application/xml; charset=utf-8').header('cache-control', 'public, max-age=3600').send(body)

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

const xml = '<?xml version="1.0" encoding="UTF-8"?>'
const protocol = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

const indexOf = (files: readonly string[], origin: string): string => `${xml}
<sitemapindex ${protocol}>
${files.map((file) => `<sitemap><loc>${origin}/sitemap/${file}.xml</loc></sitemap>`).join('\n')}
</sitemapindex>
`

function fileOf(paths: readonly string[], origin: string): string {
  const urlOf = (locale: string, path: string) => `${origin}/${locale}${path === '/' ? '' : path}`
  const alternates = (path: string) =>
    ['ru', 'en']
      .map((locale) => `<xhtml:link rel="alternate" hreflang="${locale}" href="${urlOf(locale, path)}"/>`)
      .join('')
  const entries = paths.flatMap((path) =>
    ['ru', 'en'].map((locale) => `<url><loc>${urlOf(locale, path)}</loc>${alternates(path)}</url>`),
  )
  return `${xml}
<urlset ${protocol} xmlns:xhtml="http://www.w3.org/1999/xhtml">
${entries.join('\n')}
</urlset>
`
}
