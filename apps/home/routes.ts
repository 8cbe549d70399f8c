import { Type } from 'typebox'
import { notFound, type Http, type Routes } from '#platform/http'
import type { Module } from '#platform/module'
import { locales, type Locale } from '#platform/values'
import type { App } from '../app.ts'
import { version } from '../version.ts'
import { drawProduct } from './art.ts'
import { homePage, homePolicy, type Shown } from './page.ts'

const querystring = Type.Object({ lang: Type.Optional(Type.Enum([...locales])) }, { additionalProperties: false })

/** The plain page at `/`, until there is a storefront. It reads the shop as anybody does: through the public API. */
export const homePages = ({ config }: Pick<App, 'config'>): Module => ({
  name: 'home',
  api: {},
  pages: [homeRoute(config.apiDocs), artRoute],
})

/** A few goods of each kind, the kinds that come first in the shop. */
async function displayOf(http: Http, locale: Locale): Promise<Shown[]> {
  const items = async <Item>(path: string): Promise<Item[]> => {
    const answer = await http.inject({ url: `/api/v1/catalog${path}`, headers: { 'accept-language': locale } })
    return answer.statusCode === 200 ? answer.json<{ items: Item[] }>().items : []
  }
  const kinds = await items<{ plural: string }>('/types')
  const shelves = await Promise.all(
    kinds.slice(0, 5).map(({ plural }) => items<Shown>(`/${plural}?in_stock=true&page_size=4`)),
  )
  return shelves.flat()
}

const homeRoute =
  (docs: boolean): Routes =>
  (http) => {
    http.get('/', { schema: { querystring, hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      const locale = request.query.lang ?? request.locale
      const products = await displayOf(http, locale)
      return reply
        .header('content-security-policy', homePolicy)
        .type('text/html; charset=utf-8')
        .send(homePage(products, { locale, version, docs }))
    })
  }

/** A drawing of a product, for goods that have no photograph yet. */
const artRoute: Routes = (http) => {
  const params = Type.Object({ slug: Type.String({ maxLength: 200, pattern: '^[a-z0-9-]+$' }) })
  http.get(
    '/shop-art/:slug.svg',
    { schema: { params, hide: true }, config: { access: 'anyone' } },
    async (request, reply) => {
      const { slug } = request.params
      const found = await http.inject({ url: `/api/v1/catalog/products/${slug}` })
      if (found.statusCode !== 200) throw notFound('product')
      return reply
        .header('cache-control', 'public, max-age=86400')
        .type('image/svg+xml')
        .send(drawProduct({ slug, type: found.json<{ type: string }>().type }))
    },
  )
}
