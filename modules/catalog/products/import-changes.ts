import type { Localized } from '#platform/values'
import type { AllowedAttribute } from '../taxonomy/attribute.ts'
import { isSameText } from '../text.ts'
import { plainOf, type ProductRow } from './csv-row.ts'
import type { AdminProduct, ChangeProductBody } from './schema.ts'
import type { AdminVariant, ChangeVariantBody } from './variant-schema.ts'

/** The ids of what lines name by slugs and codes. */
export type References = Readonly<{
  categories: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
  types: ReadonlyMap<string, readonly AllowedAttribute[]>
}>

/** A text of one language stands for both in a new product, and leaves the other language of an existing one. */
export const textOf = (ru: string | undefined, en: string | undefined, before: Localized | undefined): Localized =>
  before ? { ru: ru ?? before.ru, en: en ?? before.en } : { ru: ru || en || '', en: en || ru || '' }

export function idIn(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name)
  if (id === undefined) throw new Error(`${name} was not found before the plan`)
  return id
}

/** The components of a line. A component whose substitutes the line does not name keeps those of `before`. */
export const componentsOf = (
  row: ProductRow,
  ids: ReadonlyMap<string, string>,
  before: AdminVariant['components'] = [],
) =>
  row.components?.map(({ sku, quantity, substitutes }) => {
    const variant_id = idIn(ids, sku)
    const kept = before.find((each) => each.variant_id === variant_id)?.substitute_ids ?? []
    const substitute_ids = (substitutes?.map((each) => idIn(ids, each)) ?? kept).toSorted()
    return { variant_id, quantity, substitute_ids }
  }) ?? []

/** The fields of a product that the line changes, without its state. */
export function productChange(
  row: ProductRow,
  product: AdminProduct,
  { categories, tags }: References,
): ChangeProductBody {
  const name = textOf(row.name_ru, row.name_en, product.name)
  const description = textOf(row.description_ru, row.description_en, product.description)
  const category_id = row.category == null ? row.category : idIn(categories, row.category)
  const tag_ids = row.tags?.map((tag) => idIn(tags, tag))
  return {
    ...(!isSameText(name, product.name) && { name }),
    ...(!isSameText(description, product.description) && { description }),
    ...(category_id !== undefined && category_id !== product.category_id && { category_id }),
    ...(tag_ids && !isSame(tag_ids.toSorted(), product.tag_ids.toSorted()) && { tag_ids }),
    ...plainChange(row, product),
    ...(row.attributes &&
      !isSame(sorted(row.attributes), sorted(product.attributes)) && { attributes: row.attributes }),
    ...stateChange(row.product_state, product),
  }
}

/** The plain columns whose values differ. */
function plainChange(
  row: ProductRow,
  product: AdminProduct,
): Pick<ChangeProductBody, keyof ReturnType<typeof plainOf>> {
  const before = new Map(Object.entries(plainOf(product)))
  return Object.fromEntries(Object.entries(plainOf(row)).filter(([name, value]) => value !== before.get(name)))
}

/** The state of a product in one word. */
export const stateOf = ({ archived_at, is_active }: Pick<AdminProduct, 'archived_at' | 'is_active'>) =>
  archived_at !== null ? 'archived' : is_active ? 'active' : 'hidden'

function stateChange(state: ProductRow['product_state'], product: AdminProduct): ChangeProductBody {
  if (state === undefined || state === stateOf(product)) return {}
  return state === 'archived' ? { is_archived: true } : { is_archived: false, is_active: state === 'active' }
}

export function variantChange(
  row: ProductRow,
  variant: AdminVariant,
  ids: ReadonlyMap<string, string>,
): ChangeVariantBody {
  const title = textOf(row.title_ru, row.title_en, variant.title)
  const price = variant.pricing === 'computed' ? null : variant.price
  const weight = variant.weighing === 'computed' ? null : variant.weight_grams
  const components = row.components?.length ? componentsOf(row, ids, variant.components) : undefined
  const before = variant.components.map(({ variant_id, quantity, substitute_ids }) => {
    return { variant_id, quantity, substitute_ids: substitute_ids.toSorted() }
  })
  return {
    ...(!isSameText(title, variant.title) && { title }),
    ...(row.price !== undefined && row.price !== price && { price: row.price }),
    ...(row.compare_at_price !== undefined &&
      row.compare_at_price !== variant.compare_at_price && { compare_at_price: row.compare_at_price }),
    ...(row.weight_grams !== undefined && row.weight_grams !== weight && { weight_grams: row.weight_grams }),
    ...(row.is_active !== undefined && row.is_active !== variant.is_active && { is_active: row.is_active }),
    ...(row.position !== undefined && row.position !== variant.position && { position: row.position }),
    ...(row.stock_policy !== undefined &&
      row.stock_policy !== variant.stock_policy && { stock_policy: row.stock_policy }),
    ...(components && !isSame(components, before) && { components }),
  }
}

const sorted = (values: object) => Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1))

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
