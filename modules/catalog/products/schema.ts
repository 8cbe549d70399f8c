import { Type, type Static } from 'typebox'
import { Currency, Id, LocalizedText, named, Nullable, OneOf, type Shape, Time } from '#platform/schema'
import { Code, Image, LocalizedInput, Price, Slug, Weight } from '../schema.ts'
import { StockPolicy } from '../stock/schema.ts'
import { AttributeValues, ProductAttribute } from '../taxonomy/schema.ts'

const Country = Type.String({ maxLength: 2, pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2, such as CN' })

/**
 * The columns of `catalog.products` that staff write and every reader sees as they are. Inputs, views, table type and
 * statements are made from this list: a new column needs only this line and the migration.
 */
export const productColumns = {
  category_id: Nullable(Id),
  slug: Slug,
  image: Nullable(Image),
  origin_country: Nullable(Country),
}
const ProductColumns = Type.Object(productColumns)
export type ProductColumns = Static<typeof ProductColumns>

const variantKinds = ['plain', 'bundle'] as const
const VariantKind = OneOf(variantKinds)
export type VariantKind = Static<typeof VariantKind>

/** `own`: staff set the price. `computed`: the price of a bundle is the sum over its components. */
const pricings = ['own', 'computed'] as const
const Pricing = OneOf(pricings)
export type Pricing = Static<typeof Pricing>

// Public views, in the language of the reader.

const StockQuantity = Nullable(Type.Integer({ description: 'Free pieces; null: the stock is not tracked' }))

export const BundleComponent = named(
  'BundleComponent',
  Type.Object({
    variant_id: Id,
    product_id: Id,
    quantity: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    title: Type.String(),
    substitute_ids: Type.Array(Id),
  }),
)
export type BundleComponent = Static<typeof BundleComponent>

export const ProductCard = named(
  'ProductCard',
  Type.Object(
    {
      id: Id,
      type: Type.String(),
      ...productColumns,
      name: Type.String(),
      description: Type.String(),
      tags: Type.Array(Type.String()),
      attributes: AttributeValues,
      variant_id: Id,
      price: Price,
      compare_at_price: Nullable(Price),
      currency: Currency,
      weight_grams: Weight,
      stock_quantity: StockQuantity,
      in_stock: Type.Boolean(),
      variant_count: Type.Integer({ minimum: 1 }),
      created_at: Time,
      components: Type.Optional(Type.Array(BundleComponent, { description: 'The components of a bundle' })),
    },
    {
      additionalProperties: true,
      description:
        'Price and stock of the first active variant. Lists of one type show the attributes beside the name.',
    },
  ),
)
export type ProductCard = Shape<typeof ProductCard>

export const ProductVariant = named(
  'ProductVariant',
  Type.Object({
    id: Id,
    sku: Type.String(),
    title: Type.String(),
    kind: VariantKind,
    price: Price,
    compare_at_price: Nullable(Price),
    currency: Currency,
    weight_grams: Weight,
    stock_quantity: StockQuantity,
    components: Nullable(Type.Array(BundleComponent)),
  }),
)
export type ProductVariant = Static<typeof ProductVariant>

/** The fields of a brew profile that are the same in both languages. */
export const brewFields = {
  method: Code,
  leaf_grams: Type.Number({ minimum: 0.01, maximum: 1000 }),
  water_ml: Type.Integer({ minimum: 1, maximum: 10_000 }),
  temperature_c: Type.Integer({ minimum: 1, maximum: 100 }),
  steep_seconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), {
    minItems: 1,
    maxItems: 30,
    description: 'One for each infusion',
  }),
}

export const BrewProfile = named(
  'BrewProfile',
  Type.Object({ id: Id, ...brewFields, vessel: Type.String(), note: Type.String() }),
)
export type BrewProfile = Static<typeof BrewProfile>

export const Product = named(
  'Product',
  Type.Object(
    {
      ...ProductCard.properties,
      category: Nullable(Type.Object({ id: Id, slug: Type.String(), name: Type.String() })),
      images: Type.Array(Type.Object({ url: Type.String(), alt: Type.String() })),
      variants: Type.Array(ProductVariant),
      described: Type.Array(ProductAttribute, { description: 'The attributes with names, units and how to show them' }),
      brew_profiles: Type.Array(BrewProfile),
      reviews: Type.Object({ count: Type.Integer(), average: Nullable(Type.Number()) }),
    },
    { additionalProperties: true },
  ),
)
export type Product = Static<typeof Product>

// Views for staff, in both languages.

export const AdminVariant = named(
  'AdminVariant',
  Type.Object({
    id: Id,
    product_id: Id,
    kind: VariantKind,
    sku: Type.String(),
    title: LocalizedText,
    pricing: Pricing,
    price: Price,
    compare_at_price: Nullable(Price),
    currency: Currency,
    weight_grams: Weight,
    is_active: Type.Boolean(),
    position: Type.Integer(),
    stock_policy: Nullable(StockPolicy),
    on_hand: Nullable(Type.Integer()),
    reserved: Nullable(Type.Integer()),
    stock_quantity: StockQuantity,
    components: Type.Array(Type.Object({ variant_id: Id, quantity: Type.Integer(), substitute_ids: Type.Array(Id) })),
  }),
)
export type AdminVariant = Static<typeof AdminVariant>

/** A product with its inactive variants and its stock. */
export const AdminProduct = named(
  'AdminProduct',
  Type.Object({
    id: Id,
    type: Type.String(),
    ...productColumns,
    name: LocalizedText,
    description: LocalizedText,
    attributes: AttributeValues,
    tag_ids: Type.Array(Id),
    is_active: Type.Boolean(),
    archived_at: Nullable(Time),
    created_at: Time,
    updated_at: Time,
    variants: Type.Array(AdminVariant),
  }),
)
export type AdminProduct = Static<typeof AdminProduct>

const { price, currency, stock_quantity, sku, weight_grams, components } = AdminVariant.properties

/** A product with one variant: the fields of the variant and the attributes stand beside the name. */
export const AdminProductOfType = named(
  'AdminProductOfType',
  Type.Object(
    {
      ...AdminProduct.properties,
      name: LocalizedInput(200),
      description: LocalizedInput(10_000),
      variant_id: Id,
      price,
      currency,
      stock_quantity,
      sku,
      weight_grams,
      components: Type.Optional(components),
    },
    { additionalProperties: true },
  ),
)

export const AdminBrewProfile = named(
  'AdminBrewProfile',
  Type.Object({ id: Id, ...brewFields, vessel: LocalizedText, note: LocalizedText, position: Type.Integer() }),
)
export type AdminBrewProfile = Static<typeof AdminBrewProfile>

export const IdOrSlug = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9-]+$' })
