import { sql } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import type { CatalogDb, CatalogTx } from '../store/tables.ts'
import { demoId, demoProducts } from './demo-products.ts'

/**
 * Removes the demo products, and returns how many were deleted and how many were archived because an order, or a bundle of the
 * merchant, contains them. Types, categories and tags stay: the merchant's own products may use them. No later start adds the
 * demo products again.
 */
export async function removeDemo(db: CatalogDb, now: Clock): Promise<{ deleted: number; archived: number }> {
  const ids = demoProducts().map(({ slug }) => demoId(`product ${slug}`))
  return await transaction(db, async (tx) => {
    await lockProducts(tx, ids)
    const { rows: used } = await usedAmong(ids).execute(tx)
    const kept = used.map(({ product_id }) => product_id)
    const unused = ids.filter((id) => !kept.includes(id))
    const deleted = (await deleteBundles(tx, unused)) + (await deleteProducts(tx, unused))
    const archived = await tx
      .updateTable('catalog.products')
      .set({ is_active: false, archived_at: now() })
      .where('id', 'in', kept.concat(noId))
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    await sql`insert into catalog.demo_removal (removed_at) values (${now()}) on conflict do nothing`.execute(tx)
    return { deleted, archived: Number(archived.numUpdatedRows) }
  })
}

/** SQL has no empty lists. */
const noId = ['00000000-0000-0000-0000-000000000000']

/** Bundles go before their components. */
async function deleteBundles(tx: CatalogTx, ids: readonly string[]): Promise<number> {
  const bundles = tx.selectFrom('catalog.variants').select('product_id').where('kind', '=', 'bundle')
  const { numDeletedRows } = await tx
    .deleteFrom('catalog.products')
    .where('id', 'in', ids.concat(noId))
    .where('id', 'in', bundles)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

async function deleteProducts(tx: CatalogTx, ids: readonly string[]): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('catalog.products')
    .where('id', 'in', ids.concat(noId))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Locks the products and their stock, so that the removal waits for orders under way. */
async function lockProducts(tx: CatalogTx, ids: readonly string[]): Promise<void> {
  await sql`select from catalog.products where id = any(${ids}::uuid[]) order by id for update`.execute(tx)
  await sql`select from catalog.stock where variant_id in (
    select id from catalog.variants where product_id = any(${ids}::uuid[])) order by variant_id for update`.execute(tx)
}

/** The products that were ordered or are in a bundle of another product, and the components of those that stay. */
const usedAmong = (ids: readonly string[]) => sql<{ product_id: string }>`
  with kept as (
    select variant.id, variant.product_id from catalog.variants variant where variant.product_id = any(${ids}::uuid[]) and (
      exists (select from catalog.hold_items item where item.variant_id = variant.id)
      or exists (select from catalog.bundle_components component join catalog.variants bundle on bundle.id = component.bundle_id
                 where component.component_id = variant.id and bundle.product_id <> all(${ids}::uuid[])))
  )
  select product_id from kept
  union
  select part.product_id from catalog.variants bundle
  join catalog.bundle_components component on component.bundle_id = bundle.id join catalog.variants part on part.id = component.component_id
  where bundle.product_id in (select product_id from kept) and part.product_id = any(${ids}::uuid[])`
