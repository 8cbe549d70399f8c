import { transaction } from '#platform/db'
import { isRefusal, type NotFound, type Refused } from '#platform/outcome'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { RowError } from '../csv-row.ts'
import { errorOf, type Plan } from '../import-plan.ts'
import type { ChangeProductBody, CreateProductBody } from '../schema.ts'
import type { AddVariantBody, ChangeVariantBody } from '../variant-schema.ts'

/** A write that another slice makes. */
type Write<Input, Done> = (input: Input) => Promise<Done | NotFound | Refused>
type Done = Readonly<{ kind: string }>
type ByUser = Readonly<{ user_id: string | null }>

/** The writes of the API, so that a line obeys the same rules and publishes the same events. */
export type ImportWrites = Readonly<{
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

export type ImportNeeds = Readonly<{
  db: CatalogDb
  /** The writes of the API as parts of a transaction. */
  writesIn: (tx: CatalogTx) => ImportWrites
}>

type PlannedWrite = Exclude<Plan, { kind: 'wrong' | 'unchanged' }>
type WriteOptions = Readonly<{
  user_id: string | null
  /** Rolls back what the line has written. */
  isTrial: boolean
}>

const triedOnly: Refused = { kind: 'refused', reason: 'tried-only' }

/** Writes all of a line in one transaction, or nothing: undefined when it is done. */
export async function writeLine(
  { db, writesIn }: ImportNeeds,
  plan: PlannedWrite,
  { user_id, isTrial }: WriteOptions,
): Promise<RowError | undefined> {
  const outcome = await transaction(db, async (tx) => {
    const written = await write(tx, writesIn(tx), { plan, user_id })
    return isTrial && !isRefusal(written) ? triedOnly : written
  })
  return isRefusal(outcome) && outcome !== triedOnly ? errorOf(outcome) : undefined
}

type Step = () => Promise<Done | NotFound | Refused>
type Input<Of extends PlannedWrite = PlannedWrite> = Readonly<{ plan: Of; user_id: string | null }>

async function write(tx: CatalogTx, writes: ImportWrites, { plan, user_id }: Input) {
  if (plan.kind === 'change') return await writeChange(tx, writes, { plan, user_id })
  if (plan.kind === 'add') {
    const { product_id, body, product } = plan
    return await inTurn(
      () => writes.addVariant({ product_id, user_id, input: body }),
      // The state of a product comes last: it may need the variant.
      ...(isEmpty(product) ? [] : [() => writes.changeProduct({ id: product_id, change: product })]),
    )
  }
  const created = await writes.createProduct({ body: plan.body, user_id })
  if (isRefusal(created) || !plan.isArchived) return created
  return await writes.changeProduct({ id: created.product.id, change: { is_archived: true } })
}

async function writeChange(
  tx: CatalogTx,
  { correctStock, changeVariant, changeProduct }: ImportWrites,
  { plan, user_id }: Input<Extract<PlannedWrite, { kind: 'change' }>>,
) {
  const { product, variant } = plan.current
  const correction = {
    variant_id: variant.id,
    delta: plan.stockDelta,
    reason: 'import',
    user_id,
    expected_version: variant.stock_version ?? undefined,
  }
  const steps: readonly Step[] = [
    ...(plan.stockDelta === 0 ? [] : [() => correctStock(correction)]),
    ...(isEmpty(plan.variant) ? [] : [() => changeVariant({ id: variant.id, change: plan.variant })]),
    ...(isEmpty(plan.product) ? [] : [() => changeProduct({ id: product.id, change: plan.product })]),
  ]
  // A change of the product or the variant locks the product before the lists, and a correction of the stock locks the lists.
  if (plan.stockDelta !== 0 && steps.length > 1)
    await tx.selectFrom('catalog.products').select('id').where('id', '=', product.id).forUpdate().execute()
  return await inTurn(...steps)
}

/** Makes the steps one after another, up to the first that is refused. */
async function inTurn(...steps: readonly Step[]): Promise<Done | NotFound | Refused> {
  for (const step of steps) {
    const outcome = await step()
    if (isRefusal(outcome)) return outcome
  }
  return { kind: 'written' }
}

const isEmpty = (change: object): boolean => Object.keys(change).length === 0
