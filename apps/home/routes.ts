import { Type } from 'typebox'
import type { CatalogApi } from '#catalog'
import { refuse, type Routes } from '#platform/http'
import type { Module } from '#platform/module'
import { notFound } from '#platform/outcome'
import { locales } from '#platform/values'
import type { App } from '../app.ts'
import { version } from '../version.ts'
import { drawProduct } from './art.ts'
import { homePage, homePolicy } from './page.ts'

const querystring = Type.Object({ lang: Type.Optional(Type.Enum([...locales])) }, { additionalProperties: false })

type Catalog = Pick<CatalogApi, 'listShowcase' | 'typeOf'>

/** The plain page at `/` until there is a storefront. */
export const homePages = ({
  config,
  catalog,
}: Pick<App, 'config'> & Readonly<{ catalog: { api: Catalog } }>): Module => ({
  name: 'home',
  api: {},
  pages: [homeRoute(catalog.api, config.app.apiDocs), artRoute(catalog.api)],
})

/** A failed read is answered with 503, and not with a page that shows an empty shop. */
const homeRoute =
  ({ listShowcase }: Catalog, docs: boolean): Routes =>
  (http) => {
    http.get('/', { schema: { querystring, hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      const locale = request.query.lang ?? request.locale
      const products = await listShowcase(locale)
      return reply
        .header('content-security-policy', homePolicy)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(homePage(products, { locale, version, docs }))
    })
  }

/** A drawing of a product that has no photograph. */
const artRoute =
  ({ typeOf }: Catalog): Routes =>
  (http) => {
    const params = Type.Object({ slug: Type.String({ maxLength: 200, pattern: '^[a-z0-9-]+$' }) })
    http.get(
      '/shop-art/:slug.svg',
      { schema: { params, hide: true }, config: { access: 'anyone' } },
      async (request, reply) => {
        const { slug } = request.params
        const type = await typeOf(slug)
        if (type === undefined) return refuse(reply, notFound('product'))
        return reply
          .header('cache-control', 'public, max-age=86400')
          .type('image/svg+xml')
          .send(drawProduct({ slug, type }))
      },
    )
  }
