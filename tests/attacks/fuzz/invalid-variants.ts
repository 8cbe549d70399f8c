import type { Schema } from '../api-document.ts'
import { fits } from './fits.ts'

/** A value with one change that does not fit its schema, as JSON text. */
export type InvalidVariant = Readonly<{ change: string; text: string }>

/** Every invalid variant of a `value` that fits `schema`, beginning with number `from`. A server must refuse each of them. */
export function* invalidVariantsOf(schema: Schema, value: unknown, from = 0): Generator<InvalidVariant> {
  const all = Array.from(changesOf(schema, value, ''))
  for (let at = 0; at < all.length; at++) {
    const [change, changed] = all[(from + at) % all.length] ?? ['is missing', undefined]
    const text = textOf(changed)
    if (!isValid(schema, text)) yield { change, text }
  }
}

/** True when the text is JSON that fits the schema and that PostgreSQL can store. */
function isValid(schema: Schema, text: string): boolean {
  try {
    return fits(schema, JSON.parse(text)) && !/\\u0000|\\ud[89a-f]|"__proto__":/i.test(text)
  } catch {
    return false
  }
}

/** JSON that `JSON.stringify` cannot write: the text is marked, and `textOf` removes the marks with the quotes. */
const raw = (text: string) => `@@${text}@@`
const textOf = (value: unknown) => JSON.stringify(value).replaceAll(/"@@([^@]+)@@"/g, '$1')

type Change = readonly [change: string, value: unknown]

function* changesOf(schema: Schema, value: unknown, place: string): Generator<Change> {
  yield* otherTypes(place)
  yield* otherNumbers(schema, place)
  if (typeof value === 'string') yield* otherTexts(schema, value, place)
  for (const one of schema.anyOf ?? []) if (fits(one, value)) yield* changesOf(one, value, place)
  if (Array.isArray(value) && schema.items) yield* otherLists(schema, value, place)
  else if (typeof value === 'object' && value !== null) yield* otherFields(schema, { ...value }, place)
}

const nestedLists = raw(`${'['.repeat(5000)}${']'.repeat(5000)}`)

function* otherTypes(place: string): Generator<Change> {
  const types = [null, true, 1, 'text', [], {}, [[]], { a: { b: 1 } }, raw('NaN'), raw('1e400'), raw('-'), raw('01')]
  for (const other of types) yield [`${place || '/'} is ${typeof other === 'string' ? other : textOf(other)}`, other]
  yield [`${place || '/'} is 5000 nested lists`, nestedLists]
}

function* otherNumbers({ minimum, maximum, exclusiveMinimum, type }: Schema, place: string): Generator<Change> {
  const isNumber = [type].flat().some((one) => one === 'integer' || one === 'number')
  if (!isNumber) return
  const bounds = [
    minimum === undefined ? exclusiveMinimum : minimum - 1,
    maximum === undefined ? undefined : maximum + 1,
  ]
  for (const bound of bounds) if (bound !== undefined) yield [`${place} is ${bound}`, bound]
  const unusual = ['0.5', '-1e308', '1e308', '99999999999999999999', '9007199254740993', '"1"', '-2147483649']
  for (const text of unusual) yield [`${place} is ${text}`, raw(text)]
}

const longText = 'x'.repeat(10_000)

function* otherTexts({ minLength = 0, maxLength, format }: Schema, value: string, place: string): Generator<Change> {
  if (minLength > 0) yield [`${place} is too short`, value.slice(0, minLength - 1)]
  if (maxLength !== undefined) yield [`${place} is too long`, 'x'.repeat(maxLength + 1)]
  if (format === 'uuid') yield [`${place} is a URN`, `urn:uuid:${value}`]
  yield [`${place} has 10,000 characters`, longText]
  yield [`${place} has a NUL`, `${value}\0`]
  yield [`${place} has the first half of a surrogate pair`, `${value}\ud800`]
  yield [`${place} has the second half of a surrogate pair`, `\udc00${value}`]
}

function* otherLists(schema: Schema, value: readonly unknown[], place: string): Generator<Change> {
  const { items = {}, maxItems = 100, minItems = 0, uniqueItems } = schema
  if (minItems > 0) yield [`${place} is too short`, value.slice(0, minItems - 1)]
  const [first] = value
  if (value.length === 0) return
  yield [`${place} is too long`, Array.from({ length: maxItems + 1 }, () => first)]
  if (uniqueItems) yield [`${place} has an item twice`, [first, first]]
  for (const [change, other] of changesOf(items, first, `${place}/0`)) yield [change, [other, ...value.slice(1)]]
}

function* otherFields(schema: Schema, value: Record<string, unknown>, place: string): Generator<Change> {
  for (const name of schema.required ?? []) {
    yield [`${place}/${name} is missing`, Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))]
  }
  for (const [name, other] of unknownFields) yield [`${place}/${name} is unknown`, withField(value, name, other)]
  for (const [name, inside] of Object.entries(schema.properties ?? {})) {
    const current = name in value ? value[name] : undefined
    for (const [change, other] of changesOf(inside, current, `${place}/${name}`))
      yield [change, withField(value, name, other)]
  }
}

/** Fields that a careless shop accepts from customers, and names that reach the prototype of an object. */
const unknownFields: readonly (readonly [string, unknown])[] = [
  ['surprise', 1],
  ['role', 'admin'],
  ['is_superadmin', true],
  ['total_amount', 1],
  ['user_id', '00000000-0000-4000-8000-000000000000'],
  ['created_at', '2026-01-01T00:00:00Z'],
  ['__proto__', { isAdmin: true }],
  ['constructor', { prototype: { isAdmin: true } }],
]

/** Adds a field. An assignment to `__proto__` would set the prototype instead. */
const withField = (value: object, name: string, inside: unknown) =>
  Object.fromEntries([...Object.entries(value), [name, inside]])
