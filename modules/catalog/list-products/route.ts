import type { Kysely } from 'kysely'
import { Type, type Static } from 'typebox'
import { notFound, type Routes, sendCached } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { PageQuery } from '#platform/schema'
import type { Locale } from '#platform/values'
import { type Card, withAttributes } from '../card.ts'
import { Amount } from '../shapes.ts'
import { prepare, type Prepared, type Shelf, shelfKey } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { typeOf } from '../type-of.ts'
import { ListAnswer } from './list-schema.ts'
import { filterOf, sorts } from '../search/filter.ts'
import { listProducts } from './query.ts'
import { withSlugs } from './slugs-of.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

const SlugsOrIds = Type.String({
  minLength: 1,
  maxLength: 400,
  pattern: '^[A-Za-z0-9,-]+$',
  description: 'Slug or id, several with commas',
})

const filters = {
  ...PageQuery,
  category: Type.Optional(SlugsOrIds),
  tag: Type.Optional(SlugsOrIds),
  price_min: Type.Optional(Amount),
  price_max: Type.Optional(Amount),
  in_stock: Type.Optional(Type.Boolean({ description: 'true: only what can be bought now' })),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  sort: Type.Optional(Type.Enum([...sorts], { description: 'By relevance when searching, else newest' })),
  facets: Type.Optional(Type.Boolean({ description: 'Count what each further narrowing would leave' })),
}

const open = {
  additionalProperties: false,
  maxProperties: 40,
  patternProperties: {
    '^attr\\.[a-z][a-z0-9_]{0,59}$': Type.String({
      maxLength: 200,
      pattern: '^[^\\u0000]*$',
      description: '`attr.color=red,white` either of two; `attr.height=40..60` a range',
    }),
  },
}

const Query = Type.Object(
  { ...filters, type: Type.Optional(Type.String({ maxLength: 60, pattern: '^[a-z][a-z0-9_]*$' })) },
  open,
)
const QueryOfType = Type.Object(filters, open)
const Plural = Type.Object({ plural: Type.String({ maxLength: 60, pattern: '^[a-z][a-z0-9_-]*$' }) })

export const listProductsRoute =
  (needs: Needs): Routes =>
  (http) => {
    http.get(
      '/catalog/products',
      {
        schema: {
          tags: ['catalog'],
          summary: 'What the shop sells',
          querystring: Query,
          response: { 200: ListAnswer },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) =>
        sendCached(request, reply, await listed(needs, request.query, { locale: request.locale })),
    )
    http.get(
      '/catalog/:plural',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Products of one type, named by its plural: flowers, teas, bouquets',
          params: Plural,
          querystring: QueryOfType,
          response: { 200: ListAnswer },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) => {
        const type = await typeOf(needs, request.params.plural)
        if (type === undefined) throw notFound('type of product')
        return sendCached(
          request,
          reply,
          await listed(needs, { ...request.query, type }, { locale: request.locale, as: withAttributes }),
        )
      },
    )
  }

type Query = Static<typeof Query>

type Shown = Readonly<{ locale: Locale; as?: (card: Card) => Card }>

function listed({ db, shelf }: Needs, query: Query, { locale, as = (card) => card }: Shown): Promise<Prepared> {
  const window = windowOf(query)
  const key = shelfKey([locale, as === withAttributes], query)
  return shelf.list(key, async () => {
    const wanted = { filter: filterOf(await withSlugs(db, query), locale), window, withFacets: query.facets ?? false }
    const page = await listProducts(db, wanted)
    return prepare({ ...page, items: page.items.map(as) })
  })
}
