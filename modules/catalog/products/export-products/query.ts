import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import { cellOf, columnNames, plainOf, type ProductRow } from '../csv-row.ts'
import { stateOf } from '../import-changes.ts'
import type { AdminProduct } from '../schema.ts'
import { findAdminProducts } from '../store/admin-products.ts'
import { listReferences } from '../store/references.ts'
import type { AdminVariant, VariantKind } from '../variant-schema.ts'

/** Products that are in memory at once. */
const pageSize = 200

/** The header and every variant as cells, bundles last: their components come before them. */
export type ExportProducts = () => AsyncGenerator<readonly string[]>

export const exportProducts = (db: CatalogDb): ExportProducts =>
  async function* () {
    yield columnNames
    const names = await listNames(db)
    for (const kind of ['plain', 'bundle'] as const)
      for await (const products of pagesOf(db, kind)) {
        const skus = kind === 'bundle' ? await listSkus(db, products) : new Map<string, string>()
        for (const product of products)
          for (const variant of product.variants)
            if (variant.kind === kind) yield cellsOf(rowOf(product, variant, { ...names, skus }))
      }
  }

async function* pagesOf(db: CatalogDb, kind: VariantKind): AsyncGenerator<readonly AdminProduct[]> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ id: string; slug: string }>`
      select id, slug from catalog.products product where slug > ${after}
        and exists (select from catalog.variants variant where variant.product_id = product.id and variant.kind = ${kind})
      order by slug limit ${pageSize}`.execute(db)
    const last = rows.at(-1)
    if (!last) return
    yield await findAdminProducts(
      db,
      rows.map(({ id }) => id),
    )
    after = last.slug
  }
}

type Names = Readonly<{ categories: Map<string, string>; tags: Map<string, string>; skus: Map<string, string> }>

async function listNames(db: CatalogDb): Promise<Omit<Names, 'skus'>> {
  const { categories, tags } = await listReferences(db)
  const inverted = (ids: ReadonlyMap<string, string>) => new Map([...ids].map(([slug, id]) => [id, slug]))
  return { categories: inverted(categories), tags: inverted(tags) }
}

async function listSkus(db: CatalogDb, products: readonly AdminProduct[]): Promise<Map<string, string>> {
  const ids = products.flatMap(({ variants }) =>
    variants.flatMap(({ components }) => components.flatMap((each) => [each.variant_id, ...each.substitute_ids])),
  )
  const { rows } = await sql<{ id: string; sku: string }>`
    select id, sku from catalog.variants where id = any(${ids}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, sku }) => [id, sku]))
}

function rowOf(product: AdminProduct, variant: AdminVariant, { categories, tags, skus }: Names): ProductRow {
  const category = product.category_id === null ? null : categories.get(product.category_id)
  return {
    sku: variant.sku,
    product: product.slug,
    product_state: stateOf(product),
    type: product.type,
    ...(category !== undefined && { category }),
    tags: product.tag_ids.flatMap((id) => tags.get(id) ?? []).toSorted(),
    name_ru: product.name.ru,
    name_en: product.name.en,
    description_ru: product.description.ru,
    description_en: product.description.en,
    ...plainOf(product),
    attributes: product.attributes,
    title_ru: variant.title.ru,
    title_en: variant.title.en,
    price: variant.pricing === 'computed' ? null : variant.price,
    compare_at_price: variant.compare_at_price,
    currency: variant.currency,
    weight_grams: variant.weighing === 'computed' ? null : variant.weight_grams,
    components: variant.components.map(({ variant_id, quantity, substitute_ids }) => ({
      sku: skus.get(variant_id) ?? variant_id,
      quantity,
      substitutes: substitute_ids.map((id) => skus.get(id) ?? id).toSorted(),
    })),
    ...(variant.stock_policy !== null && { stock_policy: variant.stock_policy }),
    ...(variant.on_hand !== null && { on_hand: variant.on_hand, expected_on_hand: variant.on_hand }),
    ...(variant.stock_version !== null && { stock_version: variant.stock_version }),
    is_active: variant.is_active,
    position: variant.position,
  }
}

const cellsOf = (row: ProductRow) => columnNames.map((name) => cellOf(name, row[name]))
