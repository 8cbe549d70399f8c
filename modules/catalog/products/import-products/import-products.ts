import { sql } from 'kysely'
import { isRefusal, type NotFound, type Refused } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import { type Line, linesOf } from '../../csv-lines.ts'
import { columnNames, type ProductRow, readRow, type RowError } from '../csv-row.ts'
import type { References } from '../import-changes.ts'
import { type Current, errorOf, namesOf, planOf, type Plan } from '../import-plan.ts'
import type { ChangeProductBody, CreateProductBody } from '../schema.ts'
import { findAdminProducts } from '../store/admin-products.ts'
import { listReferences } from '../store/references.ts'
import type { AddVariantBody, ChangeVariantBody } from '../variant-schema.ts'
import { inQueues, type Queue } from './queues.ts'

/** A write that another slice makes. */
type Write<Input, Done> = (input: Input) => Promise<Done | NotFound | Refused>
type Done = Readonly<{ kind: string }>
type ByUser = Readonly<{ user_id: string | null }>

/** The writes of the API, so that a line obeys the same rules and publishes the same events. */
type ImportWrites = Readonly<{
  createProduct: Write<
    ByUser & Readonly<{ body: CreateProductBody }>,
    Readonly<{ kind: 'created'; product: { id: string } }>
  >
  changeProduct: Write<Readonly<{ id: string; change: ChangeProductBody }>, Done>
  addVariant: Write<ByUser & Readonly<{ product_id: string; input: AddVariantBody }>, Done>
  changeVariant: Write<Readonly<{ id: string; change: ChangeVariantBody }>, Done>
  correctStock: Write<
    ByUser & Readonly<{ variant_id: string; delta: number; reason: string; expected_version: string | undefined }>,
    Done
  >
}>

type Needs = Readonly<{ db: CatalogDb }> & ImportWrites

export type ImportSummary = Readonly<{
  lines: number
  created: number
  changed: number
  unchanged: number
  failed: number
}>

type StockChange = Readonly<{ sku: string; from: number; to: number }>

type ImportOptions = Readonly<{
  /** Decides every line and changes nothing. */
  isDryRun: boolean
  /** `set`: the pieces of the file replace those of the shop. Otherwise a file changes the pieces that an export counted. */
  stock?: 'set' | undefined
  /** A line changes the pieces of a variant, or would in a dry run. */
  onStock?: (line: number, change: StockChange) => void
  user_id: string | null
  onError: (line: number, error: RowError) => void
  onProgress: (summary: ImportSummary) => void
}>

/** Reads a product file line by line and creates or changes the variant of each SKU. Memory does not grow with the file. */
export type ImportProducts = (file: NodeJS.ReadableStream, options: ImportOptions) => Promise<ImportSummary>

/** Lines that are read ahead, and products that are written at once. */
const batchSize = 200
const queues = 6

type Result = 'created' | 'changed' | 'unchanged' | 'failed'

/** The SKUs of the lines before, and the products that a dry run would have created. */
type Seen = Readonly<{ skus: Set<string>; products: Set<string> }>

type Run = Readonly<{ references: References; options: ImportOptions; seen: Seen }>

/** Each line is a write of its own, so that one wrong line stops no other, and a second import changes nothing. */
export const importProducts =
  (needs: Needs): ImportProducts =>
  async (file, options) => {
    const run = {
      references: await listReferences(needs.db),
      options,
      seen: { skus: new Set<string>(), products: new Set<string>() },
    }
    const summary = { lines: 0, created: 0, changed: 0, unchanged: 0, failed: 0 }
    for await (const batch of linesOf(file, { columns: columnNames, batchSize })) {
      const importLine = async (line: Line) => {
        summary[await resultOf(needs, run, line)]++
        summary.lines++
      }
      for (const some of inQueues(batch, queues)) await Promise.all(some.map((queue) => inOrder(queue, importLine)))
      options.onProgress({ ...summary })
    }
    return summary
  }

async function inOrder(queue: Queue, work: (line: Line) => Promise<void>): Promise<void> {
  for (const line of queue) await work(line)
}

async function resultOf(needs: Needs, run: Run, { number, cells }: Line): Promise<Result> {
  const fail = (errors: readonly RowError[]): Result => {
    for (const error of errors) run.options.onError(number, error)
    return 'failed'
  }
  const read = readRow(cells)
  if (read.kind === 'wrong') return fail(read.errors)
  const { row } = read
  if (run.seen.skus.has(row.sku)) return fail([{ column: 'sku', reason: 'sku-twice' }])
  run.seen.skus.add(row.sku)
  for (let hasStockChanged = false; ;) {
    const plan = await decide(needs.db, run, row)
    if (plan.kind === 'wrong') return fail(plan.errors)
    if (plan.kind === 'unchanged') return 'unchanged'
    // A sale changed the stock since it was read: what the file says of it is out of date. Another import of the same file
    // has changed the stock already, and leaves nothing to do.
    if (hasStockChanged && stockChangeOf(row, plan)) return fail([{ column: 'on_hand', reason: 'stock-changed' }])
    const error = run.options.isDryRun ? undefined : await apply(needs, plan, run.options.user_id)
    hasStockChanged = error?.reason === 'stock-changed'
    if (hasStockChanged) continue
    if (error) return fail([error])
    const change = stockChangeOf(row, plan)
    if (change) run.options.onStock?.(number, change)
    return plan.kind === 'change' ? 'changed' : 'created'
  }
}

function stockChangeOf({ sku }: ProductRow, plan: Plan): StockChange | undefined {
  if (plan.kind !== 'change' || plan.stockDelta === 0) return undefined
  const from = plan.current.variant.on_hand ?? 0
  return { sku, from, to: from + plan.stockDelta }
}

async function decide(db: CatalogDb, { references, options, seen }: Run, row: ProductRow): Promise<Plan> {
  const [current, components] = await Promise.all([findCurrent(db, row), findComponents(db, row)])
  const { stock } = options
  if (!options.isDryRun) return planOf(row, { references, current, components, stock })
  // In a dry run, lines before this one may have created its product and its components.
  for (const sku of namesOf(row.components ?? []))
    if (!components.has(sku) && seen.skus.has(sku)) components.set(sku, sku)
  const isPlanned = row.product !== undefined && !current && seen.products.has(row.product)
  const plan = planOf(isPlanned ? { name_ru: row.product, ...row } : row, { references, current, components, stock })
  if (plan.kind === 'create' && row.product !== undefined) seen.products.add(row.product)
  return plan
}

/** The product with the variant of the line, or else the product that the line names. */
async function findCurrent(db: CatalogDb, row: ProductRow): Promise<Current | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    select coalesce((select product_id from catalog.variants where sku = ${row.sku}),
      (select id from catalog.products where slug = ${row.product ?? null}::text)) as id`.execute(db)
  const id = rows[0]?.id ?? null
  const [product] = id === null ? [] : await findAdminProducts(db, [id])
  return product && { product, variant: product.variants.find(({ sku }) => sku === row.sku) }
}

async function findComponents(db: CatalogDb, { components = [] }: ProductRow): Promise<Map<string, string>> {
  if (components.length === 0) return new Map()
  const skus = namesOf(components)
  const { rows } = await sql<{ sku: string; id: string }>`
    select sku, id from catalog.variants where sku = any(${skus}::text[])`.execute(db)
  return new Map(rows.map(({ sku, id }) => [sku, id]))
}

type PlannedWrite = Exclude<Plan, { kind: 'wrong' | 'unchanged' }>

/** Undefined when everything that the line says is done. The state of a product comes last: it may need the variant. */
async function apply(needs: Needs, plan: PlannedWrite, user_id: string | null): Promise<RowError | undefined> {
  if (plan.kind === 'create') {
    const created = await needs.createProduct({ body: plan.body, user_id })
    if (isRefusal(created)) return errorOf(created)
    return plan.isArchived ? await changeProduct(needs, created.product.id, { is_archived: true }) : undefined
  }
  if (plan.kind === 'add') {
    const added = await needs.addVariant({ product_id: plan.product_id, user_id, input: plan.body })
    return isRefusal(added) ? errorOf(added) : await changeProduct(needs, plan.product_id, plan.product)
  }
  const { product, variant } = plan.current
  // The stock comes first: a line whose stock is refused changes nothing.
  if (plan.stockDelta !== 0) {
    const correction = {
      variant_id: variant.id,
      delta: plan.stockDelta,
      reason: 'import',
      user_id,
      expected_version: variant.stock_version ?? undefined,
    }
    const corrected = await needs.correctStock(correction)
    if (isRefusal(corrected)) return errorOf(corrected)
  }
  if (Object.keys(plan.variant).length > 0) {
    const changed = await needs.changeVariant({ id: variant.id, change: plan.variant })
    if (isRefusal(changed)) return errorOf(changed)
  }
  return await changeProduct(needs, product.id, plan.product)
}

async function changeProduct(needs: Needs, id: string, change: ChangeProductBody): Promise<RowError | undefined> {
  if (Object.keys(change).length === 0) return undefined
  const changed = await needs.changeProduct({ id, change })
  return isRefusal(changed) ? errorOf(changed) : undefined
}
