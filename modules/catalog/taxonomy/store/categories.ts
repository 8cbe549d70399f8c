import { sql } from 'kysely'
import type { CatalogTx } from '../../store/tables.ts'
import type { AdminCategory } from '../schema.ts'

export const findCategory = (tx: CatalogTx, id: string): Promise<AdminCategory | undefined> =>
  tx.selectFrom('catalog.categories').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertCategory(tx: CatalogTx, category: AdminCategory): Promise<void> {
  await tx.insertInto('catalog.categories').values(columnsOf(category)).execute()
}

export async function updateCategory(tx: CatalogTx, category: AdminCategory): Promise<void> {
  await tx.updateTable('catalog.categories').set(columnsOf(category)).where('id', '=', category.id).execute()
}

const columnsOf = ({ name, description, ...category }: AdminCategory) => ({
  ...category,
  name: JSON.stringify(name),
  description: JSON.stringify(description),
})

/** Without this lock, two moves at once could put each category below the other. */
export const lockTree = (tx: CatalogTx) => sql`select pg_advisory_xact_lock(hashtext('catalog.categories'))`.execute(tx)

/** True when `id` is the category `above` or stands below it. */
export async function isBelow(tx: CatalogTx, id: string | null, above: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with recursive up as (
      select id, parent_id from catalog.categories where id = ${id}
      union select category.id, category.parent_id from catalog.categories category join up on category.id = up.parent_id
    ) select id from up where id = ${above}`.execute(tx)
  return rows.length > 0
}

/** The number of levels of a category's branch, from the root to its deepest leaf. */
export async function depthOf(tx: CatalogTx, id: string): Promise<number> {
  const { rows } = await sql<{ depth: number }>`
    with recursive up as (
      select id, parent_id from catalog.categories where id = ${id}
      union select category.id, category.parent_id from catalog.categories category join up on category.id = up.parent_id
    ), down as (
      select ${id}::uuid as id, (select count(*) from up)::int as depth
      union all select category.id, depth + 1 from catalog.categories category join down on category.parent_id = down.id
    ) select max(depth)::int as depth from down`.execute(tx)
  return rows[0]?.depth ?? 0
}
