import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'

/**
 * "Did you mean": replaces each word by the most similar word of the products on sale. Null when no word is similar
 * enough.
 */
export async function findSuggestion(db: CatalogDb, words: readonly string[]): Promise<string | null> {
  const replacements = await Promise.all(words.map((word) => findSimilar(db, word)))
  if (replacements.every((word, i) => word === undefined || word === words[i])) return null
  return words.map((word, i) => replacements[i] ?? word).join(' ')
}

async function findSimilar(db: CatalogDb, word: string): Promise<string | undefined> {
  const { rows } = await sql<{ word: string }>`
    with near as (select word, score from catalog.similar_words(${word}))
    select word from near
    where exists (select from catalog.documents d where d.search @@
      (to_tsquery('simple', near.word) || to_tsquery('russian', near.word) || to_tsquery('english', near.word)))
    order by word = ${word} desc, score desc, (word ~ '[а-я]') = (${word}::text ~ '[а-я]') desc, word limit 1`.execute(
    db,
  )
  return rows[0]?.word
}
