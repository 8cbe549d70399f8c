import { sql } from 'kysely'
import { idAfter, type ItemPage, maxCounted, pageOf, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminProduct, AdminProductFilter } from '../schema.ts'
import { findAdminProducts } from '../store/admin-products.ts'

export type ListAdminProducts = (filter: AdminProductFilter, window: Window) => Promise<ItemPage<AdminProduct>>

/** Every product that the filter lets through, newest first. */
export const listAdminProducts =
  (db: CatalogDb): ListAdminProducts =>
  async (filter, window) => {
    const after = idAfter(window)
    const condition = sql.join([sql`true`, ...conditionsOf(filter)], sql` and `)
    const [{ rows }, { rows: counted }] = await Promise.all([
      sql<{ id: string }>`/* replanned */ select product.id from catalog.products product
      where ${condition} ${after === undefined ? sql`` : sql`and product.id < ${after}`}
      order by product.id desc limit ${window.limit + 1} offset ${window.offset}`.execute(db),
      sql<{ total: number }>`/* replanned */ select count(*)::int as total from (
      select from catalog.products product where ${condition} limit ${maxCounted + 1}) counted`.execute(db),
    ])
    const ids = rows.map(({ id }) => id)
    return pageOf({
      items: await findAdminProducts(db, ids),
      counted: counted[0]?.total ?? 0,
      window,
      cursorOf: (last) => [last.id],
    })
  }

function conditionsOf({ type, is_active, is_archived, search, bundles }: AdminProductFilter) {
  const pattern = search && `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    ...(type !== undefined ? [sql`product.type_code = ${type}`] : []),
    ...(is_active !== undefined ? [sql`product.is_active = ${is_active}`] : []),
    ...(is_archived !== undefined ? [sql`(product.archived_at is not null) = ${is_archived}`] : []),
    ...(bundles
      ? [
          sql`exists (select from catalog.variants variant where variant.product_id = product.id and variant.kind = 'bundle')`,
        ]
      : []),
    ...(pattern
      ? [
          sql`(product.name ->> 'ru' ilike ${pattern} or product.name ->> 'en' ilike ${pattern}
          or exists (select from catalog.variants variant where variant.product_id = product.id and variant.sku ilike ${pattern}))`,
        ]
      : []),
  ]
}
