import { Type, type Static } from 'typebox'
import {
  Closed,
  Country,
  Currency,
  Id,
  LocalizedText,
  MultilineText,
  named,
  Nullable,
  type Shape,
  Text,
  Time,
} from '#platform/schema'
import { Code, Image, LocalizedInput, Price, Slug, TotalWeight } from '../schema.ts'
import { ReviewSummary } from '../reviews/schema.ts'
import { AttributeValue, AttributeValues, ProductAttribute } from '../taxonomy/schema.ts'
import { BrewProfile } from './brew-profile-schema.ts'
import {
  AddVariantBody,
  AdminVariant,
  BundleComponent,
  flatVariantFields,
  ProductVariant,
  StockQuantity,
} from './variant-schema.ts'

/**
 * The columns of `catalog.products` that staff write and every reader sees as they are. Bodies, views, table type and
 * statements are made from this list, and the columns of product files. A new column needs a line here, a migration, a value in
 * the product of `modules/catalog/examples.ts`, and `npm run docs` for `docs/openapi.yaml`.
 */
export const productColumns = {
  category_id: Nullable(Id),
  slug: Slug,
  image: Nullable(Image),
  origin_country: Nullable(Country),
}
const ProductColumns = Type.Object(productColumns)
export type ProductColumns = Static<typeof ProductColumns>

const { category_id: _category, slug: _slug, ...plain } = productColumns
/** Those that a product file has as they are; it names the category and the product by their slugs. */
export const plainColumns = plain

// The views for customers are in the language of the reader.

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
      weight_grams: TotalWeight,
      stock_quantity: StockQuantity,
      in_stock: Type.Boolean(),
      variant_count: Type.Integer({ minimum: 1 }),
      created_at: Time,
      components: Type.Optional(Type.Array(BundleComponent, { description: 'The components of a bundle' })),
    },
    {
      additionalProperties: true,
      description:
        'Price and stock of the first active variant. In the lists of one type the products are flat: their attributes are fields too.',
    },
  ),
)
export type ProductCard = Shape<typeof ProductCard>

const SavedVariant = Type.Object({
  variant: Type.String({ description: 'thumb, md or lg: at most 150, 600 or 1200 pixels' }),
  url: Type.String(),
  format: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  byte_size: Type.Integer(),
})
/** An uploaded image, as media publishes it. */
export type SavedImage = Readonly<{ id: string; variants: readonly Static<typeof SavedVariant>[] }>

const ProductImage = named(
  'ProductImage',
  Type.Object({
    id: Nullable(Id),
    url: Type.String({ description: 'The largest variant' }),
    alt: Type.String(),
    variants: Type.Array(SavedVariant, { description: 'Empty for an image that was not uploaded here' }),
  }),
)
export type ProductImage = Static<typeof ProductImage>

export const Product = named(
  'Product',
  Type.Object(
    {
      ...ProductCard.properties,
      category: Nullable(Type.Object({ id: Id, slug: Type.String(), name: Type.String() })),
      images: Type.Array(ProductImage),
      variants: Type.Array(ProductVariant),
      attribute_details: Type.Array(ProductAttribute, {
        description: 'The attributes with their names, their units and how to show them',
      }),
      brew_profiles: Type.Array(BrewProfile),
      reviews: ReviewSummary,
    },
    { additionalProperties: true },
  ),
)
export type Product = Static<typeof Product>

// The views for staff are in both languages.

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

/** A product with one variant, whose fields are fields of the product, as are the attributes. */
export const FlatAdminProduct = named(
  'FlatAdminProduct',
  Type.Object(
    {
      ...AdminProduct.properties,
      name: LocalizedInput(200),
      description: LocalizedInput(10_000, MultilineText),
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
export type FlatAdminProduct = Static<typeof FlatAdminProduct>

// Bodies of requests.

const productFields = {
  ...Type.Partial(ProductColumns).properties,
  description: Type.Optional(LocalizedInput(10_000, MultilineText)),
  tag_ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  is_active: Type.Optional(Type.Boolean()),
}

const newProductFields = { ...productFields, id: Type.Optional(Id), name: LocalizedInput(200) }

export const CreateProductBody = named(
  'CreateProductBody',
  Closed({
    ...newProductFields,
    type: Code,
    attributes: Type.Optional(AttributeValues),
    variants: Type.Array(AddVariantBody, { minItems: 1, maxItems: 100 }),
  }),
)
export type CreateProductBody = Shape<typeof CreateProductBody>

/** The fields of a flat product that are not those of its variant. */
export const flatProductFields = newProductFields

/** A product with one variant: every other field is an attribute of the type. */
export const CreateFlatProductBody = named(
  'CreateFlatProductBody',
  Type.Object(
    { ...flatProductFields, ...flatVariantFields },
    { additionalProperties: AttributeValue, maxProperties: 80 },
  ),
)
export type CreateFlatProductBody = Shape<typeof CreateFlatProductBody>

export const ChangeProductBody = named(
  'ChangeProductBody',
  Closed(
    {
      ...productFields,
      name: Type.Optional(LocalizedInput(200)),
      attributes: Type.Optional(AttributeValues),
      is_archived: Type.Optional(
        Type.Boolean({ description: 'true removes a product that was ordered from the shop; false brings it back' }),
      ),
    },
    { minProperties: 1 },
  ),
)
export type ChangeProductBody = Shape<typeof ChangeProductBody>

/** The filter of the list for staff. */
export const adminProductFilter = {
  type: Type.Optional(Code),
  is_active: Type.Optional(Type.Boolean()),
  is_archived: Type.Optional(Type.Boolean()),
  search: Type.Optional(Text(200, { description: 'Part of a name, or an SKU' })),
  bundles: Type.Optional(Type.Boolean({ description: 'true: only products with a bundle' })),
}
const AdminProductFilter = Type.Object(adminProductFilter)
export type AdminProductFilter = Shape<typeof AdminProductFilter>
