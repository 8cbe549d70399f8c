import { isId } from '#platform/values'
import type { CatalogDb } from '../../store/catalog-tables.ts'

type References = { category?: string; tag?: string }

/** Replaces the ids of categories and tags by their slugs, which the lists filter by. An unknown id matches nothing. */
export async function withSlugs<Query extends References>(db: CatalogDb, query: Query): Promise<Query> {
  const [category, tag] = await Promise.all([
    slugsOf(db, 'catalog.categories', query.category),
    slugsOf(db, 'catalog.tags', query.tag),
  ])
  return { ...query, ...(category !== undefined && { category }), ...(tag !== undefined && { tag }) }
}

async function slugsOf(db: CatalogDb, table: 'catalog.categories' | 'catalog.tags', references?: string) {
  const slugsOrIds = references?.split(',') ?? []
  const ids = slugsOrIds.filter(isId)
  if (ids.length === 0) return references
  const terms = await db.selectFrom(table).select(['id', 'slug']).where('id', 'in', ids).execute()
  return slugsOrIds.map((each) => terms.find(({ id }) => id === each.toLowerCase())?.slug ?? each).join(',')
}
