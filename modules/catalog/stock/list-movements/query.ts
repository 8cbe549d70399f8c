import { sql } from 'kysely'
import { idAfter, type ItemPage, maxCounted, notFound, type NotFound, pageOf, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { StockMovement } from '../schema.ts'

export type ListMovements = (
  variant_id: string,
  window: Window,
) => Promise<Readonly<{ kind: 'found'; page: ItemPage<StockMovement> }> | NotFound>

/** The movements of a variant, newest first. */
export const listMovements =
  (db: CatalogDb): ListMovements =>
  async (variant_id, window) => {
    const after = idAfter(window)
    const variant = await db.selectFrom('catalog.variants').select('id').where('id', '=', variant_id).executeTakeFirst()
    if (!variant) return notFound('variant')
    const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from (
      select from catalog.movements where variant_id = ${variant_id} limit ${maxCounted + 1}) counted`.execute(db)
    const rows = await db
      .selectFrom('catalog.movements')
      .select(['id', 'kind', 'delta', 'reason', 'order_id', 'user_id', 'moved_at'])
      .where('variant_id', '=', variant_id)
      .$if(after !== undefined, (query) => query.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(window.limit + 1)
      .offset(window.offset)
      .execute()
    const page = pageOf({
      items: rows.map((row) => ({ ...row, moved_at: row.moved_at.toISOString() })),
      counted: counted[0]?.total ?? 0,
      window,
      cursorOf: (last) => [last.id],
    })
    return { kind: 'found', page }
  }
