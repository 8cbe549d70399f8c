import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Locale } from '#platform/values'
import type { AttributeValue } from './attribute.ts'
import { Amount, Attributes, CurrencyCode, Id, orNull } from './shapes.ts'

/** A product as lists show it. Price and stock are those of its first active variant. */
export type Card = Readonly<{
  id: string
  slug: string
  type: string
  name: string
  description: string
  image: string | null
  category_id: string | null
  tags: readonly string[]
  attributes: Readonly<Record<string, AttributeValue>>
  variant_id: string
  price: number
  compare_at_price: number | null
  currency: string
  weight_grams: number
  /** Null: not counted, always there. */
  stock_quantity: number | null
  in_stock: boolean
  variant_count: number
  created_at: string
  components?: readonly unknown[]
}>

/** Flower shop's form: a flower's `flower_type` stands beside its name. What every card has cannot be replaced. */
export const withAttributes = <Shown extends Pick<Card, 'attributes'>>(card: Shown): Shown => ({
  ...card.attributes,
  ...card,
})

/** What a bundle is made of, as jsonb; null for other variants. */
export const componentsOf = (variant: string, locale: Locale) => sql`(
  select jsonb_agg(jsonb_build_object('variant_id', c.component_id, 'product_id', made.product_id, 'quantity', c.quantity,
      'name', of_product.name ->> ${locale}, 'title', made.title ->> ${locale}, 'substitute_ids', c.substitute_ids)
    order by c.position, c.component_id)
  from catalog.bundle_components c join catalog.variants made on made.id = c.component_id
  join catalog.products of_product on of_product.id = made.product_id where c.bundle_id = ${sql.ref(variant)})`

export const Component = Type.Object({
  variant_id: Id,
  product_id: Id,
  quantity: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  title: Type.String(),
  substitute_ids: Type.Array(Id),
})

export const CardSchema = Type.Object(
  {
    id: Id,
    slug: Type.String(),
    type: Type.String(),
    name: Type.String(),
    description: Type.String(),
    image: orNull(Type.String()),
    category_id: orNull(Id),
    tags: Type.Array(Type.String()),
    attributes: Attributes,
    variant_id: Id,
    price: Amount,
    compare_at_price: orNull(Amount),
    currency: CurrencyCode,
    weight_grams: Type.Integer({ minimum: 0 }),
    stock_quantity: orNull(Type.Integer({ description: 'null: not counted, always there' })),
    in_stock: Type.Boolean(),
    variant_count: Type.Integer({ minimum: 1 }),
    created_at: Type.String({ format: 'date-time' }),
    components: Type.Optional(Type.Array(Component, { description: 'What a bundle is made of' })),
  },
  { additionalProperties: true, description: 'Listed by type, the attributes stand at the top level as well' },
)
