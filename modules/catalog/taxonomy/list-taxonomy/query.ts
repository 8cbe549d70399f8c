import { sql } from 'kysely'
import type { Locale } from '#platform/values'
import { byName } from '../../store/by-name.ts'
import type { CatalogDb } from '../../store/tables.ts'

/** All terms of each kind in both languages, sorted by position and by name in the reader's language. */
export const listTerms = {
  categories: (db: CatalogDb, locale: Locale) =>
    db
      .selectFrom('catalog.categories')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('slug')
      .execute(),
  tags: (db: CatalogDb, locale: Locale) =>
    db.selectFrom('catalog.tags').selectAll().orderBy(byName(locale)).orderBy('slug').execute(),
  attributes: (db: CatalogDb, locale: Locale) =>
    db
      .selectFrom('catalog.attributes')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('code')
      .execute(),
  types: (db: CatalogDb, locale: Locale) =>
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

export type TermKind = keyof typeof listTerms

/** The same content in one language: every {ru, en} becomes a text. */
export function inLocale(content: unknown, locale: Locale): unknown {
  if (Array.isArray(content)) return content.map((each) => inLocale(each, locale))
  if (content === null || typeof content !== 'object') return content
  if ('ru' in content && 'en' in content) return content[locale]
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, inLocale(value, locale)]))
}
