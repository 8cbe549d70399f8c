import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import type { Module } from '#platform/module'
import { locales } from '#platform/words'
import type { House } from '../house.ts'
import { version } from '../version.ts'
import { homePage, homePolicy, type Shown } from './page.ts'

const querystring = Type.Object({ lang: Type.Optional(Type.Enum([...locales])) }, { additionalProperties: false })

/** The plain page at `/`, until there is a storefront. It reads the shop as anybody does: through the public API. */
export const homePages = ({ config }: Pick<House, 'config'>): Module => ({
  name: 'home',
  asks: {},
  pages: [homeRoute(config.apiDocs)],
})

const homeRoute =
  (docs: boolean): Routes =>
  (http) => {
    http.get('/', { schema: { querystring, hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      const locale = request.query.lang ?? request.locale
      const list = await http.inject({
        url: '/api/v1/catalog/products?page_size=12&in_stock=true',
        headers: { 'accept-language': locale },
      })
      const products = list.statusCode === 200 ? list.json<{ items: Shown[] }>().items : []
      return reply
        .header('content-security-policy', homePolicy)
        .type('text/html; charset=utf-8')
        .send(homePage(products, { locale, version, docs }))
    })
  }
