import { Type } from 'typebox'
import { Closed, Currency, Id, named, Nullable, type Shape } from '#platform/schema'
import { Code, Line, LocalizedInput, Position, Price, Weight } from '../schema.ts'
import { Pieces, StockPolicy } from '../stock/schema.ts'
import { AttributeValue, AttributeValues } from '../taxonomy/schema.ts'
import { brewFields, productColumns } from './schema.ts'

const ComponentInputs = Type.Array(
  Closed({
    variant_id: Id,
    quantity: Type.Integer({ minimum: 1, maximum: 999 }),
    substitute_ids: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true })),
  }),
  { minItems: 1, maxItems: 50 },
)

const variantFields = {
  sku: Type.Optional(Line(60)),
  title: Type.Optional(LocalizedInput(200)),
  compare_at_price: Type.Optional(Nullable(Price)),
  weight_grams: Type.Optional(Weight),
  is_active: Type.Optional(Type.Boolean()),
  position: Type.Optional(Position),
  stock_policy: Type.Optional(StockPolicy),
  components: Type.Optional(ComponentInputs),
}

const newVariantFields = {
  ...variantFields,
  id: Type.Optional(Id),
  price: Type.Optional(Price),
  currency: Type.Optional(Currency),
  stock_quantity: Type.Optional(Pieces),
}

/** A variant with components is a bundle; a bundle without a price costs the sum over its components. */
export const AddVariantInput = named('AddVariantInput', Closed(newVariantFields))
export type AddVariantInput = Shape<typeof AddVariantInput>

export const AddBundleInput = named(
  'AddBundleInput',
  Closed({ ...newVariantFields, product_id: Id, components: ComponentInputs }),
)

export const ChangeVariantInput = named(
  'ChangeVariantInput',
  Closed(
    {
      ...variantFields,
      price: Type.Optional(Nullable(Type.Integer({ ...Price, description: 'null: the sum over the components' }))),
    },
    { minProperties: 1 },
  ),
)
export type ChangeVariantInput = Shape<typeof ChangeVariantInput>

const productFields = {
  ...Type.Partial(Type.Object(productColumns)).properties,
  description: Type.Optional(LocalizedInput(10_000)),
  tag_ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  is_active: Type.Optional(Type.Boolean()),
}

const newProductFields = { ...productFields, id: Type.Optional(Id), name: LocalizedInput(200) }

export const CreateProductInput = named(
  'CreateProductInput',
  Closed({
    ...newProductFields,
    type: Code,
    attributes: Type.Optional(AttributeValues),
    variants: Type.Array(AddVariantInput, { minItems: 1, maxItems: 100 }),
  }),
)
export type CreateProductInput = Shape<typeof CreateProductInput>

/** The fields of the one variant in `CreateProductOfTypeInput`. */
export const ownVariantFields = {
  price: newVariantFields.price,
  currency: newVariantFields.currency,
  sku: newVariantFields.sku,
  weight_grams: newVariantFields.weight_grams,
  stock_quantity: newVariantFields.stock_quantity,
  components: newVariantFields.components,
}
export const ownProductFields = newProductFields

/** A product with one variant; the fields of the variant and the attributes of the type stand beside the name. */
export const CreateProductOfTypeInput = named(
  'CreateProductOfTypeInput',
  Type.Object(
    { ...ownProductFields, ...ownVariantFields },
    { additionalProperties: AttributeValue, maxProperties: 80 },
  ),
)
export type CreateProductOfTypeInput = Shape<typeof CreateProductOfTypeInput>

export const ChangeProductInput = named(
  'ChangeProductInput',
  Closed(
    {
      ...productFields,
      name: Type.Optional(LocalizedInput(200)),
      attributes: Type.Optional(AttributeValues),
      is_archived: Type.Optional(
        Type.Boolean({ description: 'true takes an ordered product out of the shop until false' }),
      ),
    },
    { minProperties: 1 },
  ),
)
export type ChangeProductInput = Shape<typeof ChangeProductInput>

export const BrewProfileInput = named(
  'BrewProfileInput',
  Closed({
    ...brewFields,
    vessel: Type.Optional(LocalizedInput(200)),
    note: Type.Optional(LocalizedInput(2000)),
    position: Type.Optional(Position),
  }),
)
export type BrewProfileInput = Shape<typeof BrewProfileInput>
