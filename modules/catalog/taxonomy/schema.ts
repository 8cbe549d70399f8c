import { Type, type Static } from 'typebox'
import { Closed, Id, LocalizedText, MultilineText, named, Nullable, OneOf, type Shape, Text } from '#platform/schema'
import { Code, Image, LocalizedInput, Plural, Position, Slug } from '../schema.ts'

/** The kinds of terms that describe products, as they stand in addresses. */
export const termKinds = ['categories', 'tags', 'attributes', 'types'] as const
export type TermKind = (typeof termKinds)[number]

/** The path parameter of a route about an attribute or a type. */
export const CodeParams = Type.Object({ code: Code })

const attributeKinds = ['text', 'number', 'bool', 'enum', 'multi_enum', 'range', 'color'] as const
export const AttributeKind = OneOf(attributeKinds)
export type AttributeKind = Static<typeof AttributeKind>

/** How a form and a filter show an attribute. */
const uiHints = ['chips', 'radio', 'slider', 'toggle', 'swatch', 'scale', 'text'] as const
export const UiHint = OneOf(uiHints)
export type UiHint = Static<typeof UiHint>

const Measure = Type.Number({ minimum: -1_000_000_000, maximum: 1_000_000_000 })

export const AttributeValue = Type.Union([
  Text(500),
  Measure,
  Type.Boolean(),
  Type.Array(Type.String({ maxLength: 60 }), { maxItems: 50 }),
  Type.Object({ min: Measure, max: Measure }, { additionalProperties: false }),
])
export type AttributeValue = Static<typeof AttributeValue>

/** The attributes of a product. */
export const AttributeValues = Type.Record(Code, AttributeValue, {
  maxProperties: 60,
  description: 'By attribute code',
})
export type AttributeValues = Readonly<Static<typeof AttributeValues>>

const Color = Type.String({ maxLength: 7, pattern: '^#[0-9a-fA-F]{6}$' })

/** A value that an enum attribute may have; a swatch shows its colour. */
const AttributeOption = Type.Object({ code: Type.String(), name: LocalizedText, color: Type.Optional(Color) })
export type AttributeOption = Shape<typeof AttributeOption>

export const AdminCategory = named(
  'AdminCategory',
  Type.Object({
    id: Id,
    parent_id: Nullable(Id),
    slug: Type.String(),
    name: LocalizedText,
    description: LocalizedText,
    image: Nullable(Type.String()),
    position: Type.Integer(),
  }),
)
export type AdminCategory = Shape<typeof AdminCategory>

export const AdminTag = named('AdminTag', Type.Object({ id: Id, slug: Type.String(), name: LocalizedText }))
export type AdminTag = Shape<typeof AdminTag>

export const AdminAttribute = named(
  'AdminAttribute',
  Type.Object({
    code: Code,
    name: LocalizedText,
    kind: AttributeKind,
    unit: Nullable(LocalizedText),
    ui_hint: UiHint,
    is_filter: Type.Boolean(),
    position: Type.Integer(),
    values: Type.Array(AttributeOption),
  }),
)
export type AdminAttribute = Shape<typeof AdminAttribute>

export const AdminProductType = named(
  'AdminProductType',
  Type.Object({
    code: Code,
    plural: Type.String(),
    name: LocalizedText,
    attributes: Type.Array(Type.String(), { description: 'Attribute codes in the order in which the form shows them' }),
  }),
)
export type AdminProductType = Shape<typeof AdminProductType>

/** The same in the language of the reader. */
const name = Type.String()

export const Category = named('Category', Type.Object({ ...AdminCategory.properties, name, description: name }))

export const Tag = named('Tag', Type.Object({ ...AdminTag.properties, name }))

const NamedOption = Type.Object({ ...AttributeOption.properties, name })

export const Attribute = named(
  'Attribute',
  Type.Object({
    ...AdminAttribute.properties,
    name,
    unit: Nullable(Type.String()),
    values: Type.Array(NamedOption),
  }),
)

const { position: _position, ...attributeOfProduct } = Attribute.properties

/** An attribute with the value that one product has; `values` are the options that the product has. */
export const ProductAttribute = named('ProductAttribute', Type.Object({ ...attributeOfProduct, value: AttributeValue }))
export type ProductAttribute = Shape<typeof ProductAttribute>

export const ProductType = named('ProductType', Type.Object({ ...AdminProductType.properties, name }))

const categoryFields = {
  parent_id: Type.Optional(Nullable(Id)),
  slug: Type.Optional(Slug),
  description: Type.Optional(LocalizedInput(5000, MultilineText)),
  image: Type.Optional(Nullable(Image)),
  position: Type.Optional(Position),
}
export const CreateCategoryBody = named(
  'CreateCategoryBody',
  Closed({ id: Type.Optional(Id), name: LocalizedInput(200), ...categoryFields }),
)
export type CreateCategoryBody = Shape<typeof CreateCategoryBody>

export const ChangeCategoryBody = named(
  'ChangeCategoryBody',
  Closed({ name: Type.Optional(LocalizedInput(200)), ...categoryFields }, { minProperties: 1 }),
)
export type ChangeCategoryBody = Shape<typeof ChangeCategoryBody>

export const CreateTagBody = named(
  'CreateTagBody',
  Closed({ id: Type.Optional(Id), slug: Type.Optional(Slug), name: LocalizedInput(100) }),
)
export type CreateTagBody = Shape<typeof CreateTagBody>

export const ChangeTagBody = named(
  'ChangeTagBody',
  Closed({ slug: Type.Optional(Slug), name: Type.Optional(LocalizedInput(100)) }, { minProperties: 1 }),
)
export type ChangeTagBody = Shape<typeof ChangeTagBody>

const OptionBody = Closed({
  code: Type.String({ maxLength: 60, pattern: '^[a-z0-9][a-z0-9_-]{0,59}$' }),
  name: LocalizedInput(100),
  color: Type.Optional(Color),
})
const attributeFields = {
  unit: Type.Optional(Nullable(LocalizedInput(30))),
  ui_hint: Type.Optional(UiHint),
  is_filter: Type.Optional(Type.Boolean()),
  position: Type.Optional(Position),
  values: Type.Optional(Type.Array(OptionBody, { maxItems: 200 })),
}
export const CreateAttributeBody = named(
  'CreateAttributeBody',
  Closed({ code: Code, name: LocalizedInput(100), kind: AttributeKind, ...attributeFields }),
)
export type CreateAttributeBody = Shape<typeof CreateAttributeBody>

export const ChangeAttributeBody = named(
  'ChangeAttributeBody',
  Closed({ name: Type.Optional(LocalizedInput(100)), ...attributeFields }, { minProperties: 1 }),
)
export type ChangeAttributeBody = Shape<typeof ChangeAttributeBody>

const AttributeCodes = Type.Optional(Type.Array(Code, { maxItems: 60 }))
export const CreateProductTypeBody = named(
  'CreateProductTypeBody',
  Closed({ code: Code, plural: Plural, name: LocalizedInput(100), attributes: AttributeCodes }),
)
export type CreateProductTypeBody = Shape<typeof CreateProductTypeBody>

export const ChangeProductTypeBody = named(
  'ChangeProductTypeBody',
  Closed(
    { plural: Type.Optional(Plural), name: Type.Optional(LocalizedInput(100)), attributes: AttributeCodes },
    { minProperties: 1 },
  ),
)
export type ChangeProductTypeBody = Shape<typeof ChangeProductTypeBody>
