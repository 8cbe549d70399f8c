import { Type, type Static } from 'typebox'
import {
  Closed,
  Currency,
  Id,
  KnownCurrency,
  LocalizedText,
  named,
  Nullable,
  OneOf,
  type Shape,
  Text,
} from '#platform/schema'
import { LocalizedInput, Position, Price, TotalWeight, Weight } from '../schema.ts'
import { Pieces, StockPolicy } from '../stock/schema.ts'

const VariantKind = OneOf(['plain', 'bundle'])
export type VariantKind = Static<typeof VariantKind>

/** `own`: staff set the price or the weight. `computed`: that of a bundle is the sum over its components. */
const Pricing = OneOf(['own', 'computed'])
export type Pricing = Static<typeof Pricing>

export const StockQuantity = Nullable(Type.Integer({ description: 'Free pieces; null when the stock is not tracked' }))

// The views for customers are in the language of the reader.

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
    weight_grams: TotalWeight,
    stock_quantity: StockQuantity,
    components: Nullable(Type.Array(BundleComponent)),
  }),
)
export type ProductVariant = Static<typeof ProductVariant>

/** A variant as staff see it, in both languages. */
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
    weighing: Pricing,
    weight_grams: TotalWeight,
    is_active: Type.Boolean({ description: 'On sale while its product is active' }),
    position: Type.Integer(),
    stock_policy: Nullable(StockPolicy),
    on_hand: Nullable(Type.Integer()),
    stock_version: Nullable(
      Type.String({
        format: 'uuid',
        description: 'Names the pieces on hand: it changes with every change of `on_hand`',
      }),
    ),
    reserved: Nullable(Type.Integer()),
    in_return: Nullable(
      Type.Integer({
        description: 'Pieces of cancelled orders that are outside the shop, or wait there to be counted',
      }),
    ),
    stock_quantity: StockQuantity,
    components: Type.Array(Type.Object({ variant_id: Id, quantity: Type.Integer(), substitute_ids: Type.Array(Id) })),
  }),
)
export type AdminVariant = Static<typeof AdminVariant>

// Bodies of requests.

const Components = Type.Array(
  Closed({
    variant_id: Id,
    quantity: Type.Integer({ minimum: 1, maximum: 999 }),
    substitute_ids: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true })),
  }),
  { minItems: 1, maxItems: 50 },
)

const variantFields = {
  sku: Type.Optional(Text(60, { minLength: 1 })),
  title: Type.Optional(LocalizedInput(200)),
  compare_at_price: Type.Optional(Nullable(Price)),
  weight_grams: Type.Optional(Weight),
  is_active: Type.Optional(Type.Boolean()),
  position: Type.Optional(Position),
  stock_policy: Type.Optional(StockPolicy),
  components: Type.Optional(Components),
}

const newVariantFields = {
  ...variantFields,
  id: Type.Optional(Id),
  price: Type.Optional(Price),
  currency: Type.Optional(KnownCurrency),
  stock_quantity: Type.Optional(Pieces),
}

/** A variant with components is a bundle; a bundle without a price costs the sum over its components. */
export const AddVariantBody = named('AddVariantBody', Closed(newVariantFields))
export type AddVariantBody = Shape<typeof AddVariantBody>

export const AddBundleBody = named(
  'AddBundleBody',
  Closed({ ...newVariantFields, product_id: Id, components: Components }),
)

export const ChangeVariantBody = named(
  'ChangeVariantBody',
  Closed(
    {
      ...variantFields,
      price: Type.Optional(Nullable(Type.Integer({ ...Price, description: 'null means the sum of the components' }))),
      weight_grams: Type.Optional(
        Nullable(Type.Integer({ ...Weight, description: 'Grams per piece; null means the sum of the components' })),
      ),
    },
    { minProperties: 1 },
  ),
)
export type ChangeVariantBody = Shape<typeof ChangeVariantBody>

/** The fields of the one variant of a flat product. */
export const flatVariantFields = {
  price: newVariantFields.price,
  currency: newVariantFields.currency,
  sku: newVariantFields.sku,
  weight_grams: newVariantFields.weight_grams,
  stock_quantity: newVariantFields.stock_quantity,
  components: newVariantFields.components,
}
