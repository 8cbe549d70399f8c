import type { Locale } from '#platform/values'

export const sorts = ['newest', 'price', '-price', 'popular', 'name'] as const
export type Sort = (typeof sorts)[number] | 'relevance'

/** What a list is narrowed to. Every entry of `groups` must hold; within one, any of its tokens will do. */
export type Filter = Readonly<{
  locale: Locale
  sort: Sort
  type?: string
  groups: readonly Readonly<{ key: string; tokens: readonly string[] }>[]
  ranges: readonly Readonly<{ code: string; from: number; to: number }>[]
  price_min?: number
  price_max?: number
  in_stock: boolean
  words: readonly string[]
}>

/** The query of a list as a caller sends it. */
export type Asked = Readonly<{
  type?: string
  category?: string
  tag?: string
  price_min?: number
  price_max?: number
  in_stock?: boolean
  search?: string
  sort?: (typeof sorts)[number]
  [attribute: `attr.${string}`]: unknown
}>

const mostWords = 8

/** Reads the filter out of a checked query. `attr.height=40..60` is a range, `attr.color=red,white` either of two. */
export function filterOf(asked: Asked, locale: Locale): Filter {
  const words = wordsOf(asked.search ?? '')
  const attributes = Object.entries(asked).flatMap(([name, value]) =>
    name.startsWith('attr.') ? [{ code: name.slice('attr.'.length), value: [value].flat().join(',') }] : [],
  )
  const ranges = attributes.flatMap(({ code, value }) => rangeOf(code, value))
  const exact = attributes.filter(({ code }) => !ranges.some((range) => range.code === code))
  return {
    locale,
    sort: asked.sort ?? (words.length > 0 ? 'relevance' : 'newest'),
    ...(asked.type !== undefined && { type: asked.type }),
    groups: [
      ...placed('category', 'c', asked.category),
      ...placed('tag', 'g', asked.tag),
      ...exact.map(({ code, value }) => ({
        key: `a:${code}`,
        tokens: value.split(',').map((each) => `a:${code}=${each}`),
      })),
    ],
    ranges,
    ...(asked.price_min !== undefined && { price_min: asked.price_min }),
    ...(asked.price_max !== undefined && { price_max: asked.price_max }),
    in_stock: asked.in_stock ?? false,
    words,
  }
}

/** Slugs, several with commas. */
const placed = (key: string, letter: string, given: string | undefined) =>
  given === undefined ? [] : [{ key, tokens: given.split(',').map((slug) => `${letter}:${slug}`) }]

function rangeOf(code: string, value: string): Filter['ranges'] {
  const [, from, to] = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/.exec(value) ?? []
  if (from === undefined && to === undefined) return []
  return [{ code, from: from === undefined ? -1e12 : Number(from), to: to === undefined ? 1e12 : Number(to) }]
}

/** What people typed as words: letters and digits, `ё` as `е`. */
const wordsOf = (search: string): string[] =>
  (
    search
      .toLowerCase()
      .replaceAll('ё', 'е')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, mostWords)
