import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { newId } from '#platform/values'
import {
  Amount,
  Closed,
  Country,
  Currency,
  Id,
  IdParams,
  KnownCurrency,
  LocalizedText,
  MultilineText,
  named,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Text,
  Time,
} from './index.ts'
import type { Shape } from './index.ts'

const fits = (schema: TSchema, value: unknown) => Compile(schema).Check(value)

function check(schema: TSchema, { good, bad }: { good: readonly unknown[]; bad: readonly unknown[] }): void {
  for (const value of good) assert.ok(fits(schema, value), `${JSON.stringify(value)} fits`)
  for (const value of bad) assert.ok(!fits(schema, value), `${JSON.stringify(value)} does not fit`)
}

test('an id is a UUID of any version', () => {
  check(Id, {
    good: [newId(), '7d444840-9dc0-11d1-b245-5ffdce74fad2'],
    bad: ['tea', '', 7, `${newId()} `, `urn:uuid:${newId()}`],
  })
  check(IdParams, { good: [{ id: newId() }], bad: [{}, { id: 'tea' }] })
})

test('an amount is a whole number of minor units and never negative', () => {
  check(Amount, { good: [0, 125_000], bad: [-1, 0.5, '5', null] })
})

test('a request names a currency and a country that exist (F-55)', () => {
  check(KnownCurrency, { good: ['RUB', 'XTR'], bad: ['ZZZ', 'rub', ''] })
  check(Country, { good: ['CN', 'RU'], bad: ['ZZ', 'XX', 'cn', ''] })
})

test('a currency is an ISO code or the one of Telegram Stars', () => {
  check(Currency, { good: ['RUB', 'XTR'], bad: ['rub', 'RUBL', 'R1B', ''] })
})

test('a time is RFC 3339', () => {
  check(Time, { good: ['2026-11-21T09:00:00.000Z'], bad: ['2026-11-21', 'noon', 0] })
})

test('an object of a request refuses unknown fields', () => {
  const Tea = Closed({ grams: Type.Integer() }, { description: 'Tea by weight' })
  check(Tea, { good: [{ grams: 5 }], bad: [{ grams: 5, sugar: true }, {}] })
  assert.equal((Tea as TSchema & { description?: string }).description, 'Tea by weight')
})

test('a text has a greatest length, and further limits where they are given', () => {
  check(Text(3, { minLength: 1 }), { good: ['tea', 'чай'], bad: ['', 'teas'] })
})

test('a text has no control characters and nothing that overrides its direction (F-42)', () => {
  const bad = ['a\0', 'a\x1b[2J', 'a\x7f', 'a\x85b', 'gpj.\u202etxt', '\u2066a\u2069', 'a\u2028b']
  const good = ['Анна', "O'Brien", 'señor', '茶', '👩🏽‍🌾', 'שלום\u200f', 'می\u200cخواهم']
  check(Text(20), { good, bad: [...bad, 'a\nb', 'a\tb', 'a\r\nb'] })
  check(MultilineText(20), { good: [...good, 'a\nb', 'a\tb', 'a\r\nb'], bad: bad.slice(0, -1) })
  check(Text(5, { pattern: '^[0-9]*$' }), { good: ['12'], bad: ['a'] })
})

test('a value of a closed list is one of its words', () => {
  const Status = OneOf(['steeping', 'served'], { description: 'Of a cup' })
  check(Status, { good: ['steeping', 'served'], bad: ['spilled', '', null] })
  const status: Shape<typeof Status> = 'served'
  assert.equal(fits(Status, status), true)
})

test('a nullable value is the value or null, and not absent', () => {
  check(Closed({ note: Nullable(Text(5)) }), { good: [{ note: 'hot' }, { note: null }], bad: [{}, { note: 5 }] })
})

test('a localized text has both languages', () => {
  check(LocalizedText, { good: [{ ru: 'чай', en: 'tea' }], bad: [{ en: 'tea' }, 'tea'] })
})

test('a named shape carries its name for the API document, and the shape it is made of does not', () => {
  assert.deepEqual(named('Tea', LocalizedText), { ...LocalizedText, title: 'Tea' })
  assert.equal('title' in LocalizedText, false)
})

test('a page of a list has its items, its position and perhaps a cursor', () => {
  const page = { items: ['oolong'], total: 1, page: 1, page_size: 20, pages: 1, next_cursor: null }
  check(Page(Type.String()), {
    good: [page, { ...page, next_cursor: 'WzFd', total_capped: true }],
    bad: [
      { ...page, items: [1] },
      { ...page, next_cursor: undefined },
      { ...page, page: 0 },
    ],
  })
})

test('the query of a list has bounds', () => {
  check(Closed(PageQuery), {
    good: [{}, { page: 2, page_size: 100 }, { skip: 0, limit: 1 }, { cursor: 'WzFd' }],
    bad: [{ page: 0 }, { page_size: 101 }, { limit: 0 }, { skip: -1 }, { cursor: '' }],
  })
})
