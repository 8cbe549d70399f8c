import type { Locale } from '#platform/values'
import type { ListSort, Sort } from './schema.ts'

/** The filter of a list. A product matches when it has a token of every group. */
export type Filter = Readonly<{
  locale: Locale
  sort: Sort
  type?: string
  groups: readonly Readonly<{ key: string; tokens: readonly string[] }>[]
  /** A number or a range of the product overlaps one of the spans. */
  ranges: readonly Readonly<{ code: string; spans: readonly Span[] }>[]
  price_min?: number
  price_max?: number
  in_stock: boolean
  words: readonly string[]
}>

/** The numbers from one to another. */
type Span = Readonly<{ from: number; to: number }>

/** The query parameters that make a filter. */
export type FilterQuery = Readonly<{
  type?: string
  category?: readonly string[]
  tag?: readonly string[]
  price_min?: number
  price_max?: number
  in_stock?: boolean
  search?: string
  sort?: ListSort
  attr?: readonly string[]
  [attribute: `attr.${string}`]: unknown
}>

const maxWords = 8

/** Makes a filter of a validated query. A value of an attribute among `rangeCodes` is a point that its ranges contain. */
export function filterOf(query: FilterQuery, locale: Locale, rangeCodes: ReadonlySet<string> = new Set()): Filter {
  const words = wordsOf(query.search ?? '')
  const attributes = attributesOf(query)
  const ranges = attributes.flatMap(({ code, value }) => rangeOf(code, value, rangeCodes.has(code)))
  const exact = attributes.filter(({ code }) => !ranges.some((range) => range.code === code))
  return {
    locale,
    sort: query.sort ?? (words.length > 0 ? 'relevance' : 'newest'),
    ...(query.type !== undefined && { type: query.type }),
    groups: [
      ...groupOf('category', 'c', query.category),
      ...groupOf('tag', 'g', query.tag),
      ...exact.map(({ code, value }) => ({
        key: `a:${code}`,
        tokens: value.split(',').map((each) => `a:${code}=${each}`),
      })),
    ],
    ranges,
    ...(query.price_min !== undefined && { price_min: query.price_min }),
    ...(query.price_max !== undefined && { price_max: query.price_max }),
    in_stock: query.in_stock ?? false,
    words,
  }
}

const number = /^-?\d+(?:\.\d+)?$/

/** The attributes of `attr=height:40..60`, a range, and of `attr.color=red,white`, either of two. */
export function attributesOf({
  attr = [],
  ...query
}: FilterQuery): readonly Readonly<{ code: string; value: string }>[] {
  const listed = attr.map((each) => {
    const [code = ''] = each.split(':', 1)
    return { code, value: each.slice(code.length + 1) }
  })
  const named = Object.entries(query).flatMap(([name, value]) =>
    name.startsWith('attr.') ? [{ code: name.slice('attr.'.length), value: [value].flat().join(',') }] : [],
  )
  return [...listed, ...named]
}

const groupOf = (key: string, prefix: string, slugs: readonly string[] | undefined) =>
  slugs === undefined
    ? []
    : [{ key, tokens: slugs.flatMap((each) => each.split(',')).map((slug) => `${prefix}:${slug}`) }]

/** The spans of a value; none when one of its parts is another text, which products have as a whole. */
function rangeOf(code: string, value: string, hasRanges: boolean): Filter['ranges'] {
  const spans = spansOf(value, hasRanges)
  return spans.length < value.split(',').length ? [] : [{ code, spans }]
}

/** The spans of `40..60,80..`; and those of `85`, when the attribute has ranges. */
export const spansOf = (value: string, hasRanges: boolean): readonly Span[] =>
  value
    .split(',')
    .map((each) => (hasRanges && number.test(each) ? pointOf(each) : spanOf(each)))
    .filter((span) => span !== undefined)

const pointOf = (text: string): Span => ({ from: Number(text), to: Number(text) })

function spanOf(text: string): Span | undefined {
  const [, from, to] = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/.exec(text) ?? []
  if (from === undefined && to === undefined) return undefined
  return { from: from === undefined ? -1e12 : Number(from), to: to === undefined ? 1e12 : Number(to) }
}

/** The words of a search: letters and digits, `ё` as `е`. */
export const wordsOf = (search: string): string[] =>
  (
    search
      .toLowerCase()
      .replaceAll('ё', 'е')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, maxWords)
