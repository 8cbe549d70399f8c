import { Type } from 'typebox'
import { refuse, type Http, type Routes } from '#platform/http'
import type { Module } from '#platform/module'
import { notFound } from '#platform/outcome'
import { locales, type Locale } from '#platform/values'
import type { App } from '../app.ts'
import { version } from '../version.ts'
import { drawProduct } from './art.ts'
import { homePage, homePolicy, type ListedProduct } from './page.ts'

const querystring = Type.Object({ lang: Type.Optional(Type.Enum([...locales])) }, { additionalProperties: false })

/** The plain page at `/` until there is a storefront. It reads the public API of the same server. */
export const homePages = ({ config }: Pick<App, 'config'>): Module => ({
  name: 'home',
  api: {},
  pages: [homeRoute(config.app.apiDocs), artRoute],
})

/** Lists up to four products of each of the first five product types. */
async function listProducts(http: Http, locale: Locale): Promise<ListedProduct[]> {
  const items = async <Item>(path: string): Promise<Item[]> => {
    const response = await http.inject({ url: `/api/v1/catalog${path}`, headers: { 'accept-language': locale } })
    return response.statusCode === 200 ? response.json<{ items: Item[] }>().items : []
  }
  const types = await items<{ plural: string }>('/types')
  const products = await Promise.all(
    types.slice(0, 5).map(({ plural }) => items<ListedProduct>(`/${plural}?in_stock=true&page_size=4`)),
  )
  return products.flat()
}

const homeRoute =
  (docs: boolean): Routes =>
  (http) => {
    http.get('/', { schema: { querystring, hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      const locale = request.query.lang ?? request.locale
      const products = await listProducts(http, locale)
      return reply
        .header('content-security-policy', homePolicy)
        .type('text/html; charset=utf-8')
        .send(homePage(products, { locale, version, docs }))
    })
  }

/** A drawing of a product that has no photograph. */
const artRoute: Routes = (http) => {
  const params = Type.Object({ slug: Type.String({ maxLength: 200, pattern: '^[a-z0-9-]+$' }) })
  http.get(
    '/shop-art/:slug.svg',
    { schema: { params, hide: true }, config: { access: 'anyone' } },
    async (request, reply) => {
      const { slug } = request.params
      const found = await http.inject({ url: `/api/v1/catalog/products/${slug}` })
      if (found.statusCode !== 200) return refuse(reply, notFound('product'))
      return reply
        .header('cache-control', 'public, max-age=86400')
        .type('image/svg+xml')
        .send(drawProduct({ slug, type: found.json<{ type: string }>().type }))
    },
  )
}
