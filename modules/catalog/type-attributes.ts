import type { Kysely } from 'kysely'
import type { CatalogTables } from './tables.ts'

/** What a product of this type may say of itself; undefined when there is no such type. */
export async function allowedAttributes(db: Kysely<CatalogTables>, type: string) {
  const rows = await db
    .selectFrom('catalog.types as t')
    .leftJoin('catalog.type_attributes as ta', 'ta.type_code', 't.code')
    .leftJoin('catalog.attributes as a', 'a.code', 'ta.attribute_code')
    .select(['a.code', 'a.kind', 'a.values'])
    .where('t.code', '=', type)
    .execute()
  if (rows.length === 0) return undefined
  return rows.flatMap(({ code, kind, values }) => (code && kind && values ? [{ code, kind, values }] : []))
}
