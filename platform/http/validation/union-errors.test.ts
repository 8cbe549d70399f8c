import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type, type TSchema } from 'typebox'
import { Closed, Nullable, OneOf, Text } from '#platform/schema'
import { allErrorsOf, maxErrors } from './compile-validator.ts'
import { describeIssues, maxIssues } from './describe-issues.ts'

const issuesOf = (schema: TSchema, value: unknown) =>
  describeIssues(allErrorsOf(schema, value), 'body', 'en').map(({ pointer, detail }) => `${pointer} ${detail}`)

const quantity = Type.Integer({ minimum: 1, maximum: 99 })
const Flower = Closed({ flower_id: Text(36), quantity })
const Variant = Closed({ variant_id: Text(36), quantity })
const Order = Closed({ items: Type.Array(Type.Union([Flower, Variant]), { maxItems: 5 }) })

test('a wrong quantity is named, and no field of another kind of item (F-53)', () => {
  const items = [
    { variant_id: 'a', quantity: 1 },
    { variant_id: 'b', quantity: 0 },
    { flower_id: 'c', quantity: 'x' },
  ]
  assert.deepEqual(issuesOf(Order, { items }), [
    '/body/items/1/quantity is less than 1',
    '/body/items/2/quantity must be integer',
  ])
})

test('an item of no kind is compared with the kind that it fits best (F-53)', () => {
  assert.deepEqual(issuesOf(Order, { items: [{ variant_id: 'a', quantity: 1, price: 5 }] }), [
    '/body/items/0/price is not a known field',
  ])
  assert.deepEqual(issuesOf(Order, { items: [{ quantity: 1 }] }), ['/body/items/0/flower_id is missing'])
  assert.deepEqual(issuesOf(Order, { items: [7] }), ['/body/items/0 must be object'])
})

const Delivery = Type.Union([
  Closed({ method: Type.Literal('courier'), address: Type.String({ minLength: 5, maxLength: 100 }) }),
  Closed({ method: Type.Literal('pickup'), point_id: Text(36) }),
])

test('where a field distinguishes the branches, its branch is checked; an unknown value lists the known ones (F-53)', () => {
  assert.deepEqual(issuesOf(Delivery, { method: 'courier', address: 'x', point_id: 'p' }), [
    '/body/point_id is not a known field',
    '/body/address is shorter than 5',
  ])
  assert.deepEqual(issuesOf(Delivery, { method: 'post', address: 'x' }), [
    '/body/method must be one of "courier", "pickup"',
  ])
  assert.deepEqual(issuesOf(Delivery, { address: 'Kolomna' }), ['/body/method is missing'])
})

test('a union of literals reads as a list, a nullable value as its own schema (F-53)', () => {
  const Sort = Type.Union([Type.Literal('green'), Type.Literal('black'), Type.Literal('white')])
  assert.deepEqual(issuesOf(Sort, 'red'), ['/body must be one of "green", "black", "white"'])
  assert.deepEqual(issuesOf(Nullable(Text(3)), 'long'), ['/body is longer than 3'])
  assert.deepEqual(issuesOf(Nullable(Text(3)), 7), ['/body must be string or null'])
  assert.deepEqual(issuesOf(Nullable(OneOf(['green', 'black'])), 'red'), ['/body must be one of "green", "black"'])
  assert.deepEqual(issuesOf(Nullable(Flower), { flower_id: 'a', quantity: 0 }), ['/body/quantity is less than 1'])
})

test('unions inside unions are resolved from the inside (F-53)', () => {
  const Gift = Closed({ gift: Type.Union([Flower, Variant]), note: Text(5) })
  const Line = Type.Union([Gift, Closed({ voucher: Text(10) })])
  assert.deepEqual(issuesOf(Line, { gift: { variant_id: 'a', quantity: 0 }, note: 'for Anna' }), [
    '/body/gift/quantity is less than 1',
    '/body/note is longer than 5',
  ])
})

test('a value that fits two branches of a oneOf keeps the error of the union (F-53)', () => {
  const schema = Type.Unsafe<number>({ oneOf: [{ type: 'integer' }, { type: 'number' }] })
  assert.deepEqual(issuesOf(schema, 1), ['/body is not valid'])
})

test('of a body with thousands of errors, only the first few are compared (A21)', () => {
  const items = Array.from({ length: 5400 }, () => ({}))
  const compared = allErrorsOf(Order, { items })
  assert.ok(compared.length > 200 && compared.length <= maxErrors, `${compared.length} errors`)
  const issues = issuesOf(Order, { items })
  assert.equal(issues.length, maxIssues)
  assert.deepEqual(issues.slice(0, 3), [
    '/body/items has more than 5 items',
    '/body/items/0/flower_id is missing',
    '/body/items/0/quantity is missing',
  ])
  assert.deepEqual(issues.at(-1), '/body/items/9/flower_id is missing', 'no issue is of half a union')
})

test('a union with more errors than are compared is left to the first error of the validation (A21)', () => {
  const Bunch = Closed({ flowers: Type.Array(Flower, { maxItems: 5 }) })
  const schema = Type.Union([Bunch, Closed({ voucher: Text(10) })])
  assert.equal(allErrorsOf(schema, { flowers: Array.from({ length: 5400 }, () => ({})) }).length, 0)
})
