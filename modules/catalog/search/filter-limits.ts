import type { Refused } from '#platform/outcome'
import type { AttributeKind } from '../taxonomy/schema.ts'
import { attributesOf, type FilterQuery, spansOf } from './filter.ts'
import { filterLimits } from './schema.ts'

export type FilterRefused =
  | (Refused<'too-many-attributes'> & Readonly<{ maximum: number }>)
  | (Refused<'too-many-values' | 'too-many-ranges'> & Readonly<{ parameter: string; maximum: number }>)
  | (Refused<'unknown-attribute' | 'attribute-twice'> & Readonly<{ attribute: string }>)

type KnownAttribute = Readonly<{ code: string; kind: AttributeKind }>

/** Refuses a query that filters by more than the limits, or by an attribute that the shop does not have. */
export function refusalOf(query: FilterQuery, known: readonly KnownAttribute[]): FilterRefused | undefined {
  const { category = [], tag = [] } = query
  const attributes = attributesOf(query)
  const codes = attributes.map(({ code }) => code)
  const maximum = filterLimits.attributes
  if (codes.length > maximum) return { kind: 'refused', reason: 'too-many-attributes', maximum }
  const repeated = codes.find((code, i) => codes.indexOf(code) < i)
  if (repeated !== undefined) return { kind: 'refused', reason: 'attribute-twice', attribute: repeated }
  const unknown = codes.find((code) => !known.some((each) => each.code === code))
  if (unknown !== undefined) return { kind: 'refused', reason: 'unknown-attribute', attribute: unknown }
  const hasRanges = (code: string) => known.some((each) => each.code === code && each.kind === 'range')
  const lists: readonly List[] = [
    { parameter: 'category', values: category },
    { parameter: 'tag', values: tag },
    ...attributes.map(({ code, value }) => ({
      parameter: `attr.${code}`,
      values: [value],
      spans: spansOf(value, hasRanges(code)),
    })),
  ]
  return lists.map(excessOf).find((refusal) => refusal !== undefined)
}

type List = Readonly<{ parameter: string; values: readonly string[]; spans?: readonly unknown[] }>

function excessOf({ parameter, values, spans = [] }: List): FilterRefused | undefined {
  const { values: maximum, ranges } = filterLimits
  const count = values.flatMap((each) => each.split(',')).length
  if (count > maximum) return { kind: 'refused', reason: 'too-many-values', parameter, maximum }
  if (spans.length > ranges) return { kind: 'refused', reason: 'too-many-ranges', parameter, maximum: ranges }
  return undefined
}
