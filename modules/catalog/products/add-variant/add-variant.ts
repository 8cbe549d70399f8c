import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { productUpdated } from '../../events.ts'
import { skuStem } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { readAdminVariant } from '../store/admin-products.ts'
import { insertVariant, listCandidates } from '../store/variants.ts'
import type { AddVariantBody, AdminVariant } from '../variant-schema.ts'
import { decideNewVariant, type VariantConflict, variantConflicts, type VariantRefused } from '../variant.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type AddedVariant = Readonly<{ kind: 'added'; variant: AdminVariant }>

export type AddVariantOutcome = AddedVariant | NotFound | Refused<VariantConflict> | VariantRefused

export type AddVariant = (
  addition: Readonly<{ product_id: string; user_id: string | null; input: AddVariantBody }>,
  storeResponse: StoreResponse<AddedVariant>,
) => Promise<AddVariantOutcome>

/** Idempotent by id: a repeated request returns the variant that the first one added. */
export const addVariant =
  ({ db, now, catalogCache }: Needs): AddVariant =>
  ({ product_id, user_id, input }, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<AddVariantOutcome> => {
        const product = await tx
          .selectFrom('catalog.products')
          .select('slug')
          .where('id', '=', product_id)
          .forUpdate()
          .executeTakeFirst()
        if (!product) return notFound('product')
        const repeated = input.id && (await repeatedOutcome(tx, product_id, { ...input, id: input.id }))
        if (repeated) return repeated
        const { count } = await tx
          .selectFrom('catalog.variants')
          .select((each) => each.fn.countAll<number>().as('count'))
          .where('product_id', '=', product_id)
          .executeTakeFirstOrThrow()
        const sku = `${skuStem(product.slug, product_id)}-${newId().slice(-6).toUpperCase()}`
        const decided = decideNewVariant(input, await listCandidates(tx, input.components))
        if (decided.kind === 'refused') return decided
        const id = await insertVariant(tx, decided, { product_id, sku, position: count, user_id, now: now() })
        const added = { kind: 'added', variant: await readAdminVariant(tx, id) } as const
        await publish(tx, [productUpdated({ product_id })])
        catalogCache.invalidateAll(tx)
        await storeResponse(tx, added)
        return added
      },
      { conflicts: variantConflicts },
    )

/** The existing variant when it fits the input; another variant with the id refuses. */
async function repeatedOutcome(
  tx: CatalogTx,
  product_id: string,
  input: AddVariantBody & { id: string },
): Promise<AddVariantOutcome | undefined> {
  const { id, sku, price } = input
  const existing = await tx.selectFrom('catalog.variants').select('product_id').where('id', '=', id).executeTakeFirst()
  if (!existing) return undefined
  const variant = await readAdminVariant(tx, id)
  const isSame =
    existing.product_id === product_id &&
    (sku === undefined || sku === variant.sku) &&
    (price === undefined || price === variant.price)
  return isSame ? { kind: 'added', variant } : { kind: 'refused', reason: 'id-taken' }
}
