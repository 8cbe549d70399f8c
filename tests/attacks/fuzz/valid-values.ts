import fc from 'fast-check'
import type { Schema } from '../api-document.ts'
import { fits } from './fits.ts'

/** Values that exist in the shop, by the name of the field that accepts them. */
export type ValuesOf = (field: string) => readonly string[]

/** Values that fit `schema`, some of which exist in the shop. Throws for a keyword that it does not know. */
export function validValuesOf(schema: Schema, valuesOf: ValuesOf, field = ''): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => validValuesOf(one, valuesOf, field)))
  const types = [schema.type ?? 'anything'].flat()
  return fc.oneof(...types.map((type) => valuesOfType(type, { schema, valuesOf, field })))
}

type Place = Readonly<{ schema: Schema; valuesOf: ValuesOf; field: string }>

function valuesOfType(type: string, place: Place): fc.Arbitrary<unknown> {
  const generator = generators[type]
  if (!generator) throw new Error(`The fuzzer has no generator for ${type}: add it to generators`)
  return generator(place)
}

const generators: Readonly<Record<string, (place: Place) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ schema }) => integerOf(schema),
  number: ({ schema }) => fc.oneof(integerOf(schema), doubleOf(schema)),
  string: ({ schema, valuesOf, field }) => {
    const known = valuesOf(field).filter((value) => fits(schema, value))
    const random = textOf(schema)
    if (known.length === 0) return random
    // A new thing has a new id more often than an id that exists.
    return fc.oneof(
      { arbitrary: fc.constantFrom(...known), weight: field === 'id' ? 1 : 8 },
      { arbitrary: random, weight: 2 },
    )
  },
  array: ({ schema, valuesOf, field }) => {
    const { items = {}, minItems = 0, maxItems = 10, uniqueItems = false } = schema
    const item = validValuesOf(items, valuesOf, field.replace(/s$/, ''))
    const list = (least: number, most: number) =>
      uniqueItems
        ? fc.uniqueArray(item, { minLength: least, maxLength: most, comparator: 'IsStrictlyEqual' })
        : fc.array(item, { minLength: least, maxLength: most, size: 'max' })
    const short = list(minItems, Math.min(maxItems, minItems + 3))
    const full = { arbitrary: list(maxItems, maxItems), weight: 1 }
    return maxItems <= 100 && !uniqueItems ? fc.oneof({ arbitrary: short, weight: 15 }, full) : short
  },
  object: ({ schema, valuesOf }) => {
    const { properties = {}, required = [], additionalProperties: rest, minProperties = 0 } = schema
    const fields = Object.entries(properties).map(
      ([name, inside]) => [name, validValuesOf(inside, valuesOf, name)] as const,
    )
    const someFields = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
    const requiredFields = fc.record(Object.fromEntries(fields.filter(([name]) => required.includes(name))))
    // A request with fewer fields has fewer reasons to be refused.
    const named = fc.oneof({ arbitrary: someFields, weight: 2 }, requiredFields)
    if (typeof rest !== 'object') return named.filter((value) => Object.keys(value).length >= minProperties)
    const codes = valuesOf('attributes code')
    const names = codes.length > 0 ? fc.constantFrom(...codes) : fc.stringMatching(/^[a-z]{1,9}$/)
    const others = fc.dictionary(names, validValuesOf(rest, valuesOf), { maxKeys: 3 })
    return fc.tuple(others, named).map(([more, known]) => ({ ...more, ...known }))
  },
}

function integerOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): fc.Arbitrary<number> {
  const min = Math.ceil(minimum ?? (exclusiveMinimum === undefined ? -1000 : exclusiveMinimum + 1))
  const max = Math.floor(maximum ?? (exclusiveMaximum === undefined ? 1000 : exclusiveMaximum - 1))
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(Math.min(max - min, 20)).map((n) => min + n) },
    fc.constantFrom(min, max),
    fc.double({ min: 0, max: 1, noNaN: true }).map((part) => Math.min(max, Math.floor(min + part * (max - min)))),
  )
}

function doubleOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): fc.Arbitrary<number> {
  const min = minimum ?? exclusiveMinimum ?? -1000
  const max = maximum ?? exclusiveMaximum ?? 1000
  return fc
    .double({ min, max, noNaN: true })
    .filter((n) => n !== exclusiveMinimum && n !== exclusiveMaximum && !Object.is(n, -0))
}

/** Texts that break careless programs: SQL, patterns, paths, templates, HTML, rare Unicode. */
const hostileTexts = [
  "'; drop table catalog.products; --",
  '%_\\%',
  '\\',
  '" or 1=1 --',
  '../../../etc/passwd',
  '<img src=x onerror=alert(1)>',
  '{{7*7}}${7*7}',
  '👩‍👩‍👧‍👦 ﷽ ‮rtl‬',
  '\r\nset-cookie: a=b',
  'İıſK',
  '\ufeff\u200b\u2028',
  ' ',
  '-0',
  '1e308',
  'null',
  ':*&|!()<->',
]

function textOf(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = 200 } = schema
  if (format === 'uuid') return fc.oneof(fc.uuid({ version: 7 }), fc.uuid(), fc.constant(nilId))
  if (format === 'email') return fc.emailAddress().filter((text) => fits(schema, text))
  // RFC 3339 has the years 0000 to 9999; the pattern of a moment has fewer.
  if (format === 'date-time') {
    const [min, max] = pattern === undefined ? ['0001-01-01', '9999-12-31'] : ['1970-01-01', '2199-12-31']
    return fc.date({ noInvalidDate: true, min: new Date(min), max: new Date(max) }).map((date) => date.toISOString())
  }
  if (format === 'date')
    return fc.date({ noInvalidDate: true, max: new Date('9999-12-31') }).map((date) => date.toISOString().slice(0, 10))
  if (format !== undefined) throw new Error(`The fuzzer has no generator for the format ${format}: add it to textOf`)
  const hostile = hostileTexts.filter((text) => fits(schema, text))
  const free = pattern === undefined ? textWithin(minLength, maxLength) : textLike(pattern, maxLength)
  const long = 'abcdefghij0123456789'.repeat(Math.ceil(maxLength / 20)).slice(0, maxLength)
  const choices = [...hostile, ...(fits(schema, long) ? [long] : [])]
  const random = free.filter((text) => fits(schema, text))
  return choices.length > 0 ? fc.oneof({ arbitrary: random, weight: 2 }, fc.constantFrom(...choices)) : random
}

const nilId = '00000000-0000-0000-0000-000000000000'

const textWithin = (minLength: number, maxLength: number) =>
  fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 30) })

const textLike = (pattern: string, maxLength: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(pattern, 'u'), { maxLength })
