import type { Refused } from '#platform/outcome'
import type { AttributeKind } from '../taxonomy/schema.ts'
import { attributesOf, type FilterQuery, spansOf } from './filter.ts'
import { filterLimits } from './schema.ts'

export type FilterRefused =
  | (Refused<'too-many-attributes' | 'too-many-ranges'> & Readonly<{ maximum: number }>)
  | (Refused<'too-many-values'> & Readonly<{ parameter: string; maximum: number }>)
  | (Refused<'unknown-attribute' | 'attribute-twice'> & Readonly<{ attribute: string }>)

type KnownAttribute = Readonly<{ code: string; kind: AttributeKind }>

/** Refuses a query that filters by more than the limits, or by an attribute that the shop does not have. */
export function refusalOf(query: FilterQuery, known: readonly KnownAttribute[]): FilterRefused | undefined {
  const { category = [], tag = [] } = query
  const attributes = attributesOf(query)
  const codes = attributes.map(({ code }) => code)
  if (codes.length > filterLimits.attributes)
    return { kind: 'refused', reason: 'too-many-attributes', maximum: filterLimits.attributes }
  const repeated = codes.find((code, i) => codes.indexOf(code) < i)
  if (repeated !== undefined) return { kind: 'refused', reason: 'attribute-twice', attribute: repeated }
  const unknown = codes.find((code) => !known.some((each) => each.code === code))
  if (unknown !== undefined) return { kind: 'refused', reason: 'unknown-attribute', attribute: unknown }
  const lists = [
    { parameter: 'category', values: category },
    { parameter: 'tag', values: tag },
    ...attributes.map(({ code, value }) => ({ parameter: `attr.${code}`, values: [value] })),
  ]
  const long = lists.find(({ values }) => countOf(values) > filterLimits.values)
  if (long)
    return { kind: 'refused', reason: 'too-many-values', parameter: long.parameter, maximum: filterLimits.values }
  const hasRanges = (code: string) => known.some((each) => each.code === code && each.kind === 'range')
  const spans = attributes.flatMap(({ code, value }) => spansOf(value, hasRanges(code)))
  if (spans.length > filterLimits.ranges)
    return { kind: 'refused', reason: 'too-many-ranges', maximum: filterLimits.ranges }
  return undefined
}

const countOf = (values: readonly string[]): number => values.flatMap((each) => each.split(',')).length
