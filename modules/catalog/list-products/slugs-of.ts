import type { Kysely } from 'kysely'
import { isId } from '#platform/values'
import type { CatalogTables } from '../tables.ts'

type Asked = { category?: string; tag?: string }

/** Categories and tags may be asked for by id: lists know their slugs only. What is unknown finds nothing. */
export async function withSlugs<Query extends Asked>(db: Kysely<CatalogTables>, query: Query): Promise<Query> {
  const [category, tag] = await Promise.all([
    slugsOf(db, 'catalog.categories', query.category),
    slugsOf(db, 'catalog.tags', query.tag),
  ])
  return { ...query, ...(category !== undefined && { category }), ...(tag !== undefined && { tag }) }
}

async function slugsOf(db: Kysely<CatalogTables>, table: 'catalog.categories' | 'catalog.tags', given?: string) {
  const asked = given?.split(',') ?? []
  const ids = asked.filter(isId)
  if (ids.length === 0) return given
  const named = await db.selectFrom(table).select(['id', 'slug']).where('id', 'in', ids).execute()
  return asked.map((each) => named.find(({ id }) => id === each.toLowerCase())?.slug ?? each).join(',')
}
