import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { notFound, type Routes, sendCached } from '#platform/http'
import { isId, type Locale } from '#platform/values'
import { CardSchema, Component, withAttributes } from '../card.ts'
import { Amount, AttributeValue, CurrencyCode, Id, orNull } from '../shapes.ts'
import { prepare, type Prepared, type Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { typeOf } from '../type-of.ts'
import { showProduct } from './query.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

const Variant = Type.Object({
  id: Id,
  sku: Type.String(),
  title: Type.String(),
  kind: Type.String(),
  price: Amount,
  compare_at_price: orNull(Amount),
  currency: CurrencyCode,
  weight_grams: Type.Integer({ minimum: 0 }),
  stock_quantity: orNull(Type.Integer()),
  components: orNull(Type.Array(Component)),
})

const Described = Type.Object({
  code: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  unit: orNull(Type.String()),
  ui_hint: Type.String(),
  is_filter: Type.Boolean(),
  value: AttributeValue,
  values: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), color: Type.Optional(Type.String()) })),
})

const BrewProfile = Type.Object({
  id: Id,
  method: Type.String(),
  vessel: Type.String(),
  leaf_grams: Type.Number(),
  water_ml: Type.Integer(),
  temperature_c: Type.Integer(),
  steep_seconds: Type.Array(Type.Integer(), { description: 'One for each infusion' }),
  note: Type.String(),
})

const Product = Type.Object(
  {
    ...CardSchema.properties,
    category: orNull(Type.Object({ id: Id, slug: Type.String(), name: Type.String() })),
    images: Type.Array(Type.Object({ url: Type.String(), alt: Type.String() })),
    variants: Type.Array(Variant),
    described: Type.Array(Described, { description: 'The attributes with names, units and how to show them' }),
    brew_profiles: Type.Array(BrewProfile),
    reviews: Type.Object({ count: Type.Integer(), average: orNull(Type.Number()) }),
  },
  { additionalProperties: true },
)

const IdOrSlug = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9-]+$' })

export const showProductRoute =
  (needs: Needs): Routes =>
  (http) => {
    http.get(
      '/catalog/products/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'One product with everything its page shows, by id or slug',
          params: Type.Object({ id: IdOrSlug }),
          response: { 200: Product },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) =>
        sendCached(request, reply, await shown(needs, request.params.id, { locale: request.locale })),
    )
    http.get(
      '/catalog/:plural/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'One product of a type; its attributes stand at the top level as well',
          params: Type.Object({ plural: Type.String({ maxLength: 60, pattern: '^[a-z][a-z0-9_-]*$' }), id: IdOrSlug }),
          response: { 200: Product },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) => {
        const type = await typeOf(needs, request.params.plural)
        if (type === undefined) throw notFound('type of product')
        return sendCached(request, reply, await shown(needs, request.params.id, { locale: request.locale, type }))
      },
    )
  }

type Shown = Readonly<{ locale: Locale; type?: string }>

async function shown({ db, shelf }: Needs, idOrSlug: string, { locale, type }: Shown): Promise<Prepared> {
  const id = isId(idOrSlug) ? idOrSlug.toLowerCase() : await shelf.idOf(idOrSlug, () => idOfSlug(db, idOrSlug))
  const prepared =
    id &&
    (await shelf.product(id, `${locale}:${type ?? ''}`, async () => {
      const product = await showProduct(db, id, locale)
      if (!product || (type !== undefined && product.type !== type)) return undefined
      return prepare(type === undefined ? product : withAttributes(product))
    }))
  if (!prepared) throw notFound('product')
  return prepared
}

async function idOfSlug(db: Kysely<CatalogTables>, slug: string): Promise<string | undefined> {
  const product = await db.selectFrom('catalog.products').select('id').where('slug', '=', slug).executeTakeFirst()
  return product?.id
}
