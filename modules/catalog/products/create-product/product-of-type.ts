import { withAttributesBeside } from '../attributes-beside.ts'
import {
  type CreateProductInput,
  type CreateProductOfTypeInput,
  ownProductFields,
  ownVariantFields,
} from '../inputs.ts'
import { type AdminProduct } from '../schema.ts'

/** Separates the fields of the product, of its one variant, and the attributes of its type. */
export function fromFlatInput(type: string, input: CreateProductOfTypeInput): CreateProductInput {
  const fields = Object.entries(input)
  const partOf = (part: object) => Object.fromEntries(fields.filter(([field]) => field in part))
  const known = { ...ownProductFields, ...ownVariantFields }
  return {
    ...partOf(ownProductFields),
    name: input.name,
    type,
    attributes: Object.fromEntries(fields.filter(([field]) => !(field in known))),
    variants: [partOf(ownVariantFields)],
  } as CreateProductInput
}

/** The product with its one variant and its attributes beside the name. A text that is the same in both languages is one string. */
export function toFlatView(product: AdminProduct) {
  const [variant] = product.variants
  const { price, currency, stock_quantity, sku, weight_grams, components = [] } = variant ?? {}
  const { name, description } = product
  return withAttributesBeside({
    ...product,
    name: name.ru === name.en ? name.ru : name,
    description: description.ru === description.en ? description.ru : description,
    variant_id: variant?.id,
    price,
    currency,
    stock_quantity,
    sku,
    weight_grams,
    ...(components.length > 0 && { components }),
  })
}
