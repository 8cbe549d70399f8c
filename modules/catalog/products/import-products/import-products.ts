import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import { type Line, linesOf } from '../../csv-lines.ts'
import { columnNames, type ProductRow, readRow, type RowError } from '../csv-row.ts'
import type { References } from '../import-changes.ts'
import { type Current, namesOf, planOf, type Plan } from '../import-plan.ts'
import { findAdminProducts } from '../store/admin-products.ts'
import { listReferences } from '../store/references.ts'
import { inQueues, type Queue } from './queues.ts'
import { type ImportNeeds, writeLine } from './write-line.ts'

export type ImportSummary = Readonly<{
  lines: number
  created: number
  changed: number
  unchanged: number
  failed: number
}>

type StockChange = Readonly<{ sku: string; from: number; to: number }>

type ImportOptions = Readonly<{
  /** Decides and tries every line, and changes nothing. */
  isDryRun: boolean
  /** `set`: the pieces of the file replace those of the shop. Otherwise a file changes the pieces that an export counted. */
  stock?: 'set' | undefined
  /** A line changes the pieces of a variant, or would in a dry run. */
  onStock?: (line: number, change: StockChange) => void
  user_id: string | null
  onError: (line: number, error: RowError) => void
  onProgress: (summary: ImportSummary) => void
}>

/** Reads a product file line by line and creates or changes the variant of each SKU. Of the lines before, it keeps the SKUs alone. */
export type ImportProducts = (file: NodeJS.ReadableStream, options: ImportOptions) => Promise<ImportSummary>

/** Lines that are read ahead, and products that are written at once. */
const batchSize = 200
const queues = 6

type Result = 'created' | 'changed' | 'unchanged' | 'failed'

/** The SKUs of the lines before, and the slugs of the products that these lines create or change. */
type Seen = Readonly<{ skus: Set<string>; products: Set<string> }>

type Run = Readonly<{ references: References; options: ImportOptions; seen: Seen }>

/** Each line is a write of its own, so that one wrong line stops no other, and a second import changes nothing. */
export const importProducts =
  (needs: ImportNeeds): ImportProducts =>
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

async function resultOf(needs: ImportNeeds, run: Run, { number, cells }: Line): Promise<Result> {
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
    const { plan, followsLines } = await decide(needs.db, run, row)
    if (plan.kind === 'wrong') return fail(plan.errors)
    if (plan.kind === 'unchanged') return 'unchanged'
    // A sale changed the stock since it was read: what the file says of it is out of date. Another import of the same file
    // has changed the stock already, and leaves nothing to do.
    if (hasStockChanged && stockChangeOf(row, plan)) return fail([{ column: 'on_hand', reason: 'stock-changed' }])
    const error = await write(needs, run.options, { plan, followsLines })
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

/** `followsLines`: the shop does not have what the lines before give to this one, because a dry run does not keep it. */
type Decided<Of extends Plan = Plan> = Readonly<{ plan: Of; followsLines: 'no' | 'by-state' | 'by-id' }>

async function decide(db: CatalogDb, { references, options, seen }: Run, row: ProductRow): Promise<Decided> {
  const [current, components] = await Promise.all([findCurrent(db, row), findComponents(db, row)])
  const { stock } = options
  if (!options.isDryRun) return { plan: planOf(row, { references, current, components, stock }), followsLines: 'no' }
  // In a dry run, lines before this one may have created its product and its components.
  const planned = namesOf(row.components ?? []).filter((sku) => !components.has(sku) && seen.skus.has(sku))
  for (const sku of planned) components.set(sku, sku)
  const slug = current?.product.slug ?? row.product ?? ''
  const follows = seen.products.has(slug)
  const isPlanned = follows && !current
  const plan = planOf(isPlanned ? { name_ru: slug, ...row } : row, { references, current, components, stock })
  if (plan.kind !== 'wrong' && plan.kind !== 'unchanged' && slug !== '') seen.products.add(slug)
  return { plan, followsLines: isPlanned || planned.length > 0 ? 'by-id' : follows ? 'by-state' : 'no' }
}

/**
 * Writes a line. A dry run tries it and rolls back, so that it finds every refusal of the import, except for a line that needs
 * what an earlier line would have created. A product that an earlier line would have given a variant to sell is no error.
 */
async function write(
  needs: ImportNeeds,
  { isDryRun, user_id }: ImportOptions,
  { plan, followsLines }: Decided<Exclude<Plan, { kind: 'wrong' | 'unchanged' }>>,
): Promise<RowError | undefined> {
  if (followsLines === 'by-id') return undefined
  const error = await writeLine(needs, plan, { user_id, isTrial: isDryRun })
  return followsLines === 'by-state' && error?.reason === 'nothing-to-sell' ? undefined : error
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
