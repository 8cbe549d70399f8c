import { sql, type Kysely } from 'kysely'
import type { Locale } from '#platform/values'
import type { CatalogTables } from '../tables.ts'
import { byName } from '../search/by-name.ts'

/** What products are described with, as staff see it, in the order of the reader's language. */
export const vocabulary = {
  categories: (db: Kysely<CatalogTables>, locale: Locale) =>
    db
      .selectFrom('catalog.categories')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('slug')
      .execute(),
  tags: (db: Kysely<CatalogTables>, locale: Locale) =>
    db.selectFrom('catalog.tags').selectAll().orderBy(byName(locale)).orderBy('slug').execute(),
  attributes: (db: Kysely<CatalogTables>, locale: Locale) =>
    db
      .selectFrom('catalog.attributes')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('code')
      .execute(),
  types: (db: Kysely<CatalogTables>, locale: Locale) =>
    db
      .selectFrom('catalog.types as t')
      .select(['t.code', 't.plural', 't.name'])
      .select(
        sql<string[]>`array(select attribute_code from catalog.type_attributes ta
          where ta.type_code = t.code order by ta.position)`.as('attributes'),
      )
      .orderBy(byName(locale))
      .orderBy('t.code')
      .execute(),
}

export type Noun = keyof typeof vocabulary

/** The same in one language: every {ru, en} becomes a text. */
export function inLocale(content: unknown, locale: Locale): unknown {
  if (Array.isArray(content)) return content.map((each) => inLocale(each, locale))
  if (content === null || typeof content !== 'object') return content
  if ('ru' in content && 'en' in content) return content[locale]
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, inLocale(value, locale)]))
}
