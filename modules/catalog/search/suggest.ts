import { sql, type Kysely } from 'kysely'
import type { CatalogTables } from '../tables.ts'

/**
 * "Did you mean": every word that finds nothing is replaced by the most alike word that does. Only words of products on
 * sale are offered. Null when nothing is alike enough.
 */
export async function suggest(db: Kysely<CatalogTables>, words: readonly string[]): Promise<string | null> {
  const replaced = await Promise.all(words.map((word) => alike(db, word)))
  if (replaced.every((word, i) => word === undefined || word === words[i])) return null
  return words.map((word, i) => replaced[i] ?? word).join(' ')
}

async function alike(db: Kysely<CatalogTables>, word: string): Promise<string | undefined> {
  const { rows } = await sql<{ word: string }>`
    with near as (
      select word, similarity(latin, catalog.latin(${word})) as alike from catalog.words
      where latin % catalog.latin(${word}) order by alike desc, word limit 20
    )
    select word from near
    where exists (select from catalog.documents d where d.search @@ to_tsquery('simple', near.word))
    order by word = ${word} desc, alike desc, (word ~ '[а-я]') = (${word}::text ~ '[а-я]') desc, word limit 1`.execute(
    db,
  )
  return rows[0]?.word
}
