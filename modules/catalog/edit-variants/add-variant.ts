import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { productUpdated } from '../events.ts'
import { readWholeVariant, type WholeVariant } from '../read-whole.ts'
import type { Shelf } from '../shelf.ts'
import { skuStem } from '../slug.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { type VariantClash, variantClashes } from '../variant-answers.ts'
import { keepVariant, type VariantGiven, type VariantRefused } from '../variant-rows.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

export type Adding =
  | Readonly<{ kind: 'added'; variant: WholeVariant }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: VariantClash }>
  | VariantRefused

export type AddVariant = (
  input: Readonly<{ product_id: string; user_id: string | null; given: VariantGiven }>,
  storeResponse: StoreResponse<Adding>,
) => Promise<Adding>

export const addVariant =
  ({ db, now, shelf }: Needs): AddVariant =>
  async ({ product_id, user_id, given }, storeResponse) => {
    const work = transaction(db, async (tx): Promise<Adding> => {
      const product = await tx
        .selectFrom('catalog.products')
        .select('slug')
        .where('id', '=', product_id)
        .forUpdate()
        .executeTakeFirst()
      if (!product) return { kind: 'absent' }
      const before = given.id && (await addedBefore(tx, product_id, given))
      if (before) return before
      const { count } = await tx
        .selectFrom('catalog.variants')
        .select((each) => each.fn.countAll<number>().as('count'))
        .where('product_id', '=', product_id)
        .executeTakeFirstOrThrow()
      const sku = `${skuStem(product.slug, product_id)}-${newId().slice(-6).toUpperCase()}`
      const kept = await keepVariant(tx, given, { product_id, sku, position: count, user_id, now: now() })
      if (kept.kind === 'refused') return kept
      const outcome = { kind: 'added', variant: await readWholeVariant(tx, kept.id) } as const
      await publish(tx, [productUpdated({ product_id })])
      shelf.changed(tx)
      await storeResponse(tx, outcome)
      return outcome
    })
    return await orRefused(work, variantClashes)
  }

/** The same variant sent again gets the same answer. */
async function addedBefore(
  db: Kysely<CatalogTables>,
  product_id: string,
  given: VariantGiven,
): Promise<Adding | undefined> {
  const id = given.id ?? ''
  const known = await db.selectFrom('catalog.variants').select('product_id').where('id', '=', id).executeTakeFirst()
  if (!known) return undefined
  const variant = await readWholeVariant(db, id)
  const isSame =
    known.product_id === product_id &&
    (given.sku === undefined || given.sku === variant.sku) &&
    (given.price === undefined || given.price === variant.price)
  return isSame ? { kind: 'added', variant } : { kind: 'refused', reason: 'id-taken' }
}
