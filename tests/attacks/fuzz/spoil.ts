import type { Schema } from '../api-document.ts'
import { fits } from './fits.ts'

/** A value with one wrong place, as JSON text, and what is wrong. */
export type Spoiled = Readonly<{ what: string; text: string }>

/** Every single-place spoiling of a `value` that fits `schema`, beginning at the `from`th: each must be refused. */
export function* spoilsOf(schema: Schema, value: unknown, from = 0): Generator<Spoiled> {
  const all = Array.from(wrongs(schema, value, ''))
  for (let at = 0; at < all.length; at++) {
    const [what, wrong] = all[(from + at) % all.length] ?? ['is not there', undefined]
    const text = textOf(wrong)
    if (!isAccepted(schema, text)) yield { what, text }
  }
}

/** True when the text is JSON that fits and that can be stored. */
function isAccepted(schema: Schema, text: string): boolean {
  try {
    return fits(schema, JSON.parse(text)) && !/\\u0000|\\ud[89a-f]|"__proto__":/i.test(text)
  } catch {
    return false
  }
}

/** Numbers that JSON.stringify cannot write go through as marked text. */
const raw = (text: string) => `@@${text}@@`
const textOf = (value: unknown) => JSON.stringify(value).replaceAll(/"@@([^@]+)@@"/g, '$1')

type Wrong = readonly [what: string, value: unknown]

function* wrongs(schema: Schema, value: unknown, place: string): Generator<Wrong> {
  yield* wrongTypes(place)
  yield* wrongNumbers(schema, place)
  if (typeof value === 'string') yield* wrongTexts(schema, value, place)
  for (const one of schema.anyOf ?? []) if (fits(one, value)) yield* wrongs(one, value, place)
  if (Array.isArray(value) && schema.items) yield* wrongLists(schema, value, place)
  else if (typeof value === 'object' && value !== null) yield* wrongFields(schema, { ...value }, place)
}

const nestedDeep = raw(`${'['.repeat(5000)}${']'.repeat(5000)}`)

function* wrongTypes(place: string): Generator<Wrong> {
  const types = [null, true, 1, 'text', [], {}, [[]], { a: { b: 1 } }, raw('NaN'), raw('1e400'), raw('-'), raw('01')]
  for (const wrong of types) yield [`${place || '/'} is ${typeof wrong === 'string' ? wrong : textOf(wrong)}`, wrong]
  yield [`${place || '/'} is nested deep`, nestedDeep]
}

function* wrongNumbers({ minimum, maximum, exclusiveMinimum, type }: Schema, place: string): Generator<Wrong> {
  const isNumber = [type].flat().some((one) => one === 'integer' || one === 'number')
  if (!isNumber) return
  const bounds = [
    minimum === undefined ? exclusiveMinimum : minimum - 1,
    maximum === undefined ? undefined : maximum + 1,
  ]
  for (const bound of bounds) if (bound !== undefined) yield [`${place} is ${bound}`, bound]
  const odd = ['0.5', '-1e308', '1e308', '99999999999999999999', '9007199254740993', '"1"', '-2147483649']
  for (const text of odd) yield [`${place} is ${text}`, raw(text)]
}

const veryLong = 'x'.repeat(100_000)

function* wrongTexts({ minLength = 0, maxLength }: Schema, value: string, place: string): Generator<Wrong> {
  if (minLength > 0) yield [`${place} is too short`, value.slice(0, minLength - 1)]
  if (maxLength !== undefined) yield [`${place} is too long`, 'x'.repeat(maxLength + 1)]
  yield [`${place} is very long`, veryLong]
  yield [`${place} has a NUL`, `${value}\0`]
  yield [`${place} has half a surrogate pair`, `${value}\ud800`]
  yield [`${place} has the other half`, `\udc00${value}`]
}

function* wrongLists(schema: Schema, value: readonly unknown[], place: string): Generator<Wrong> {
  const { items = {}, maxItems = 100, minItems = 0, uniqueItems } = schema
  if (minItems > 0) yield [`${place} is too short`, value.slice(0, minItems - 1)]
  const [first] = value
  if (value.length === 0) return
  yield [`${place} is too long`, Array.from({ length: maxItems + 1 }, () => first)]
  if (uniqueItems) yield [`${place} has an item twice`, [first, first]]
  for (const [what, wrong] of wrongs(items, first, `${place}/0`)) yield [what, [wrong, ...value.slice(1)]]
}

function* wrongFields(schema: Schema, value: Record<string, unknown>, place: string): Generator<Wrong> {
  for (const name of schema.required ?? []) {
    yield [`${place}/${name} is missing`, Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))]
  }
  for (const [name, wrong] of unknownFields) yield [`${place}/${name} is unknown`, withField(value, name, wrong)]
  for (const [name, inside] of Object.entries(schema.properties ?? {})) {
    const now = name in value ? value[name] : undefined
    for (const [what, wrong] of wrongs(inside, now, `${place}/${name}`)) yield [what, withField(value, name, wrong)]
  }
}

/** Fields that a careless shop would take from its customers, and names that reach for prototypes. */
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

/** Unlike assignment, this makes a field of `__proto__` too. */
const withField = (value: object, name: string, inside: unknown) =>
  Object.fromEntries([...Object.entries(value), [name, inside]])
