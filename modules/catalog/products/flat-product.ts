import {
  type AdminProduct,
  type CreateFlatProductBody,
  type CreateProductBody,
  type FlatAdminProduct,
  flatProductFields,
} from './schema.ts'
import { flatVariantFields } from './variant-schema.ts'

/** A flat product has its attributes as fields: a flower has `flower_type`. The fields of every product win. */
export const flatProductOf = <View extends Readonly<{ attributes: object }>>(view: View): View => ({
  ...view.attributes,
  ...view,
})

/** A product of one variant as a flat product. A text that is the same in both languages is one string. */
export function flatAdminProductOf(product: AdminProduct): FlatAdminProduct {
  const [variant] = product.variants
  if (!variant) throw new Error(`Product ${product.id} has no variant, so it cannot be shown as a flat product`)
  const { price, currency, stock_quantity, sku, weight_grams, components } = variant
  const { name, description } = product
  return flatProductOf({
    ...product,
    name: name.ru === name.en ? name.ru : name,
    description: description.ru === description.en ? description.ru : description,
    variant_id: variant.id,
    price,
    currency,
    stock_quantity,
    sku,
    weight_grams,
    ...(components.length > 0 && { components }),
  })
}

/** Separates the fields of the product, those of its one variant, and the attributes of its type. */
export function createProductBodyOf(type: string, flat: CreateFlatProductBody): CreateProductBody {
  // The schema of the body has checked the fields; the slice checks the attributes.
  const fields: object = flat
  const fieldsWhere = (isIncluded: (field: string) => boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => isIncluded(field)))
  return {
    ...fieldsWhere((field) => field in flatProductFields),
    name: flat.name,
    type,
    attributes: fieldsWhere((field) => !(field in flatProductFields) && !(field in flatVariantFields)),
    variants: [fieldsWhere((field) => field in flatVariantFields)],
  }
}
