import type { NotFound } from '#platform/outcome'
import { decideAttributes } from '../taxonomy/attribute.ts'
import { plainOf, type ProductRow, type RowError } from './csv-row.ts'
import { componentsOf, idIn, productChange, type References, textOf, variantChange } from './import-changes.ts'
import type { AdminProduct, ChangeProductBody, CreateProductBody } from './schema.ts'
import type { AddVariantBody, AdminVariant, ChangeVariantBody } from './variant-schema.ts'

/** The product of a line, and its variant. */
export type Current = Readonly<{ product: AdminProduct; variant: AdminVariant | undefined }>

/** The effect of a line. */
export type Plan =
  | Readonly<{ kind: 'wrong'; errors: readonly RowError[] }>
  | Readonly<{ kind: 'unchanged' }>
  | Readonly<{ kind: 'create'; body: CreateProductBody; isArchived: boolean }>
  | Readonly<{ kind: 'add'; product_id: string; body: AddVariantBody; product: ChangeProductBody }>
  | Readonly<{
      kind: 'change'
      current: Current & { variant: AdminVariant }
      product: ChangeProductBody
      variant: ChangeVariantBody
      stockDelta: number
    }>

type Facts = Readonly<{
  references: References
  /** Undefined for a new product. */
  current: Current | undefined
  /** The ids of the components and substitutes that the line names, by SKU. */
  components: ReadonlyMap<string, string>
  /** `set`: the pieces of the file are those in the shop, whatever the shop has counted. */
  stock?: 'set' | undefined
}>

/** Decides what a line does. Pure: all facts come in. */
export function planOf(row: ProductRow, { references, current, components, stock }: Facts): Plan {
  const errors = [...wrongReferences(row, references, current), ...wrongComponents(row, components)]
  if (errors.length > 0) return { kind: 'wrong', errors }
  const variant = current?.variant
  if (!variant && row.price == null && !row.components?.length) return wrong('price', 'missing')
  if (!current) return row.type === undefined ? wrong('type', 'missing') : planCreation(row, references, components)
  if (!variant) {
    const body = newVariant(row, components)
    return {
      kind: 'add',
      product_id: current.product.id,
      body,
      product: productChange(row, current.product, references),
    }
  }
  const refused = wrongVariant(row, variant)
  if (refused) return refused
  const product = productChange(row, current.product, references)
  const change = variantChange(row, variant, components)
  const stockDelta = stockDeltaOf(row, variant, stock)
  if (stockDelta === 'stock-version-missing') return wrong('stock_version', stockDelta)
  if (stockDelta === 'stock-changed') return wrong('on_hand', stockDelta, String(variant.on_hand))
  if (Object.keys(product).length + Object.keys(change).length === 0 && stockDelta === 0) return { kind: 'unchanged' }
  return { kind: 'change', current: { ...current, variant }, product, variant: change, stockDelta }
}

/**
 * The pieces by which the line changes the stock; refused when the shop has sold or received some since the export. The number
 * of pieces does not show that: after an import of the file and a sale it may be the same again, and the file would bring
 * sold pieces back. A file without `expected_on_hand` changes no stock: it does not say what it started from.
 */
function stockDeltaOf(
  { on_hand, expected_on_hand, stock_version }: ProductRow,
  variant: AdminVariant,
  stock: Facts['stock'],
): number | 'stock-changed' | 'stock-version-missing' {
  if (on_hand === undefined || variant.on_hand === null) return 0
  if (stock === 'set') return on_hand - variant.on_hand
  const isAsked = expected_on_hand !== undefined && on_hand !== expected_on_hand
  if (!isAsked || on_hand === variant.on_hand) return 0
  if (stock_version === undefined) return 'stock-version-missing'
  const isCurrent = stock_version.toLowerCase() === variant.stock_version
  return isCurrent && expected_on_hand === variant.on_hand ? on_hand - expected_on_hand : 'stock-changed'
}

const wrong = (column: RowError['column'], reason: string, detail?: string): Plan => ({
  kind: 'wrong',
  errors: [{ column, reason, ...(detail !== undefined && { detail }) }],
})

function wrongReferences(
  row: ProductRow,
  { categories, tags, types }: References,
  current: Current | undefined,
): RowError[] {
  const errors: RowError[] = []
  const type = row.type ?? current?.product.type
  const allowed = type === undefined ? undefined : types.get(type)
  if (row.type !== undefined && !allowed) errors.push({ column: 'type', reason: 'unknown-type' })
  if (current && row.type !== undefined && row.type !== current.product.type)
    errors.push({ column: 'type', reason: 'type-differs', detail: current.product.type })
  if (current && row.product !== undefined && row.product !== current.product.slug)
    errors.push({ column: 'product', reason: 'sku-of-another-product', detail: current.product.slug })
  if (row.category != null && !categories.has(row.category))
    errors.push({ column: 'category', reason: 'unknown-category' })
  const unknownTag = row.tags?.find((tag) => !tags.has(tag))
  if (unknownTag !== undefined) errors.push({ column: 'tags', reason: 'unknown-tag', detail: unknownTag })
  if (row.attributes && allowed) {
    const decided = decideAttributes(allowed, row.attributes)
    if (decided.kind === 'refused')
      errors.push({ column: 'attributes', reason: decided.reason, detail: decided.attribute })
  }
  if (!current && !row.name_ru && !row.name_en) errors.push({ column: 'name_ru', reason: 'missing' })
  return errors
}

const wrongComponents = ({ components = [] }: ProductRow, known: ReadonlyMap<string, string>): RowError[] =>
  namesOf(components)
    .filter((sku) => !known.has(sku))
    .map((sku) => ({ column: 'components', reason: 'unknown-component', detail: sku }))

/** The SKUs of components and of their substitutes. */
export const namesOf = (components: NonNullable<ProductRow['components']>): readonly string[] =>
  components.flatMap(({ sku, substitutes = [] }) => [sku, ...substitutes])

function wrongVariant(row: ProductRow, variant: AdminVariant): Plan | undefined {
  const isBundle = variant.kind === 'bundle'
  if (!isBundle && row.components?.length) return wrong('components', 'not-a-bundle')
  if (isBundle && row.components?.length === 0) return wrong('components', 'empty-bundle')
  if (isBundle && row.on_hand !== undefined) return wrong('on_hand', 'bundle-has-no-stock')
  if (isBundle && row.stock_policy !== undefined) return wrong('stock_policy', 'bundle-has-no-stock')
  if (!isBundle && row.price === null) return wrong('price', 'not-a-bundle')
  if (row.currency !== undefined && row.currency !== variant.currency) return wrong('currency', 'currency-differs')
  return undefined
}

function planCreation(
  row: ProductRow,
  { categories, tags }: References,
  components: ReadonlyMap<string, string>,
): Plan {
  const { type = '', category, product, attributes, product_state } = row
  return {
    kind: 'create',
    isArchived: product_state === 'archived',
    body: {
      type,
      name: textOf(row.name_ru, row.name_en, undefined),
      description: textOf(row.description_ru, row.description_en, undefined),
      ...(product !== undefined && { slug: product }),
      ...(category != null && { category_id: idIn(categories, category) }),
      ...(row.tags && { tag_ids: row.tags.map((tag) => idIn(tags, tag)) }),
      ...plainOf(row),
      ...(attributes && { attributes }),
      // The first line of an active product may have a variant that is not on sale: a later line then activates the product.
      ...(product_state !== undefined && product_state !== 'active' && { is_active: false }),
      variants: [newVariant(row, components)],
    },
  }
}

function newVariant(row: ProductRow, ids: ReadonlyMap<string, string>): AddVariantBody {
  const components = componentsOf(row, ids)
  return {
    sku: row.sku,
    title: textOf(row.title_ru, row.title_en, undefined),
    ...(row.price != null && { price: row.price }),
    ...(row.compare_at_price !== undefined && { compare_at_price: row.compare_at_price }),
    ...(row.currency !== undefined && { currency: row.currency }),
    ...(row.weight_grams != null && { weight_grams: row.weight_grams }),
    ...(row.is_active !== undefined && { is_active: row.is_active }),
    ...(row.position !== undefined && { position: row.position }),
    ...(components.length > 0
      ? { components }
      : {
          stock_quantity: row.on_hand ?? 0,
          ...(row.stock_policy !== undefined && { stock_policy: row.stock_policy }),
        }),
  }
}

/** The error of a line that a slice refused. */
export const errorOf = ({ kind, ...refusal }: NotFound | Readonly<{ kind: 'refused'; reason: string }>): RowError => ({
  column: null,
  reason: 'reason' in refusal ? refusal.reason : kind,
})
