import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'

/**
 * "Did you mean": replaces each word by the most similar word of the products on sale. Null when no word is similar
 * enough.
 */
export async function findSuggestion(db: CatalogDb, words: readonly string[]): Promise<string | null> {
  const replacements = await findSimilar(db, words)
  if (replacements.every((word, i) => word === undefined || word === words[i])) return null
  return words.map((word, i) => replacements[i] ?? word).join(' ')
}

/** The most similar word on sale of each word, in one statement. */
async function findSimilar(db: CatalogDb, words: readonly string[]): Promise<readonly (string | undefined)[]> {
  const { rows } = await sql<{ ordinal: number; word: string }>`
    select misspelt.ordinal::int, best.word
    from unnest(${words}::text[]) with ordinality as misspelt(word, ordinal)
    cross join lateral (
      select near.word from catalog.similar_words(misspelt.word) near
      where exists (select from catalog.documents document where document.search @@
        (to_tsquery('simple', near.word) || to_tsquery('russian', near.word) || to_tsquery('english', near.word)))
      order by near.word = misspelt.word desc, near.score desc, (near.word ~ '[а-я]') = (misspelt.word ~ '[а-я]') desc, near.word
      limit 1) best`.execute(db)
  const similar = new Map(rows.map(({ ordinal, word }) => [ordinal, word]))
  return words.map((_, i) => similar.get(i + 1))
}
