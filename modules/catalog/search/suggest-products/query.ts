import { windowOf } from '#platform/outcome'
import type { Locale, Localized } from '#platform/values'
import type { ProductCard } from '../../products/schema.ts'
import { cacheKey, type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { filterOf, wordsOf } from '../filter.ts'
import { maxSuggested, type SuggestedProduct, type Suggestions } from '../schema.ts'
import type { ListCards } from '../store/cards.ts'
import { findPage } from '../store/find-page.ts'
import { findSuggestion } from '../store/suggestions.ts'
import type { ListTerms, Terms } from '../store/terms.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache; listCards: ListCards; listTerms: ListTerms }>

/** `limit` counts products; categories are at most five. */
type View = Readonly<{ locale: Locale; limit: number }>

export type SuggestProducts = (search: string, view: View) => Promise<PreparedResponse>

/** The products and categories that half-typed words may mean, from the cache. */
export const suggestProducts =
  ({ db, catalogCache, listCards, listTerms }: Needs): SuggestProducts =>
  async (search, { locale, limit }) => {
    const words = wordsOf(search)
    const terms = await listTerms(locale)
    return await catalogCache.list(cacheKey(['suggestions', locale, limit, words], {}), async () => {
      if (words.length === 0) return prepareResponse(nothing)
      const { matches } = await findPage(db, filterOf({ search }, locale), windowOf({ page_size: limit }))
      const product_ids = matches.slice(0, limit).map(({ product_id }) => product_id)
      const [cards, did_you_mean] = await Promise.all([
        listCards(product_ids, locale),
        product_ids.length === 0 ? findSuggestion(db, words) : null,
      ])
      return prepareResponse({
        products: cards.map(suggestedProductOf),
        categories: categoriesOf(terms, words, locale),
        did_you_mean,
      } satisfies Suggestions)
    })
  }

const nothing: Suggestions = { products: [], categories: [], did_you_mean: null }

const suggestedProductOf = (card: ProductCard): SuggestedProduct => ({
  id: card.id,
  slug: card.slug,
  type: card.type,
  name: card.name,
  image: card.image,
  price: card.price,
  currency: card.currency,
  in_stock: card.in_stock,
})

/** The categories whose names, in either language, have for each word a word that begins with it. */
const categoriesOf = ({ categories }: Terms, words: readonly string[], locale: Locale) =>
  categories
    .filter(({ name }) => isBegunBy(name, words))
    .slice(0, maxSuggested.categories)
    .map(({ code, name }) => ({ slug: code, name: name[locale] }))

function isBegunBy(name: Localized, words: readonly string[]): boolean {
  const named = [...wordsOf(name.ru), ...wordsOf(name.en)]
  return words.every((word) => named.some((each) => each.startsWith(word)))
}
