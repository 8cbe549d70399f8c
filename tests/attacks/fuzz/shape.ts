import fc from 'fast-check'
import type { Schema } from '../api-document.ts'
import { fits } from './fits.ts'

/** Values that exist in the shop, by the name of the field that takes them. */
export type Real = (field: string) => readonly string[]

/** What fits `schema`, with things that exist mixed in. Throws on a schema that it cannot read. */
export function shapeOf(schema: Schema, real: Real, field = ''): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => shapeOf(one, real, field)))
  const types = [schema.type ?? 'anything'].flat()
  return fc.oneof(...types.map((type) => shapeOfType(type, { schema, real, field })))
}

type Place = Readonly<{ schema: Schema; real: Real; field: string }>

function shapeOfType(type: string, place: Place): fc.Arbitrary<unknown> {
  const make = shapes[type]
  if (!make) throw new Error(`The fuzzer cannot make a ${type}: teach it in shape.ts`)
  return make(place)
}

const shapes: Readonly<Record<string, (place: Place) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ schema }) => integerOf(schema),
  number: ({ schema }) => fc.oneof(integerOf(schema), doubleOf(schema)),
  string: ({ schema, real, field }) => {
    const known = real(field).filter((value) => fits(schema, value))
    const made = textOf(schema)
    if (known.length === 0) return made
    // A thing is made under an id of its own more often than under one that is taken.
    return fc.oneof(
      { arbitrary: fc.constantFrom(...known), weight: field === 'id' ? 1 : 8 },
      { arbitrary: made, weight: 2 },
    )
  },
  array: ({ schema, real, field }) => {
    const { items = {}, minItems = 0, maxItems = 10, uniqueItems = false } = schema
    const item = shapeOf(items, real, field.replace(/s$/, ''))
    const list = (least: number, most: number) =>
      uniqueItems
        ? fc.uniqueArray(item, { minLength: least, maxLength: most, comparator: 'IsStrictlyEqual' })
        : fc.array(item, { minLength: least, maxLength: most, size: 'max' })
    const short = list(minItems, Math.min(maxItems, minItems + 3))
    const full = { arbitrary: list(maxItems, maxItems), weight: 1 }
    return maxItems <= 100 && !uniqueItems ? fc.oneof({ arbitrary: short, weight: 15 }, full) : short
  },
  object: ({ schema, real }) => {
    const { properties = {}, required = [], additionalProperties: rest, minProperties = 0 } = schema
    const fields = Object.entries(properties).map(([name, inside]) => [name, shapeOf(inside, real, name)] as const)
    const whole = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
    const needed = fc.record(Object.fromEntries(fields.filter(([name]) => required.includes(name))))
    // The less is asked for, the less can be refused.
    const named = fc.oneof({ arbitrary: whole, weight: 2 }, needed)
    if (typeof rest !== 'object') return named.filter((value) => Object.keys(value).length >= minProperties)
    const codes = real('attributes code')
    const names = codes.length > 0 ? fc.constantFrom(...codes) : fc.stringMatching(/^[a-z]{1,9}$/)
    const others = fc.dictionary(names, shapeOf(rest, real), { maxKeys: 3 })
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

/** Texts that break what is built carelessly: SQL, patterns, paths, templates, HTML, odd Unicode. */
const nasty = [
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
  if (format === 'uuid') return fc.oneof(fc.uuid({ version: 7 }), fc.uuid(), fc.constant(noId))
  if (format === 'email') return fc.emailAddress().filter((text) => fits(schema, text))
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (format === 'date')
    return fc.date({ noInvalidDate: true, max: new Date('9999-12-31') }).map((date) => date.toISOString().slice(0, 10))
  if (format !== undefined) throw new Error(`The fuzzer does not know the format ${format}: teach it in shape.ts`)
  const known = nasty.filter((text) => fits(schema, text))
  const free = pattern === undefined ? textWithin(minLength, maxLength) : textLike(pattern, maxLength)
  const long = 'abcdefghij0123456789'.repeat(Math.ceil(maxLength / 20)).slice(0, maxLength)
  const choices = [...known, ...(fits(schema, long) ? [long] : [])]
  const made = free.filter((text) => fits(schema, text))
  return choices.length > 0 ? fc.oneof({ arbitrary: made, weight: 2 }, fc.constantFrom(...choices)) : made
}

const noId = '00000000-0000-0000-0000-000000000000'

const textWithin = (minLength: number, maxLength: number) =>
  fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 30) })

function textLike(pattern: string, maxLength: number): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength })
  } catch {
    // Classes such as \p{Cc} it cannot write: plain text that passes will do.
    return textWithin(1, maxLength)
  }
}
