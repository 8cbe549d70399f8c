import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buyerKeysOf, tooManyOpen, type OpenCount } from './open-orders.ts'

const buyer = { user_id: 'anna', recipient_phone: null, client_address: '127.0.0.1' }
const keyOf = (change: Partial<Parameters<typeof buyerKeysOf>[0]>) => buyerKeysOf({ ...buyer, ...change }).slice(1)

test('one buyer has one key, in whatever form she writes her phone or her e-mail (ORD-12)', () => {
  for (const recipient_phone of ['+7 912 345-67-89', '8 (912) 345-67-89', '79123456789', '912 345 67 89'])
    assert.deepEqual(keyOf({ recipient_phone }), ['phone:79123456789'])
  for (const email of ['anna@example.org', 'Anna@Example.org', 'anna+shop@example.org'])
    assert.deepEqual(keyOf({ email }), ['email:anna@example.org'])
  assert.deepEqual(keyOf({ recipient_phone: '+49 30 901820' }), ['phone:4930901820'])
  assert.deepEqual(keyOf({ client_address: '2001:db8::1' }), keyOf({ client_address: '2001:db8:0:0:5::9' }))
})

test('a text without digits is no phone, and a private address is no address (ORD-12)', () => {
  assert.deepEqual(keyOf({ recipient_phone: '  ( ) -', email: '@', client_address: '10.0.0.1' }), [])
})

test('a buyer who orders whenever she may never passes a limit (ORD-12)', () => {
  const orders = fc.array(
    fc.array(fc.record({ variant_id: fc.constantFrom('a', 'b'), quantity: fc.integer({ min: 1, max: 9 }) })),
  )
  const limits = fc.record({
    maxOpenOrders: fc.integer({ min: 1, max: 5 }),
    maxHeldPerVariant: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(
    fc.property(orders, limits, (requests, limits) => {
      const placed: (typeof requests)[number][] = []
      const piecesOf = (id: string) =>
        placed.flat().reduce((sum, { variant_id, quantity }) => sum + (variant_id === id ? quantity : 0), 0)
      const buyer_key = 'account:anna'
      for (const pieces of requests) {
        const open: OpenCount[] = [
          { buyer_key, variant_id: null, count: placed.length },
          ...['a', 'b'].map((variant_id) => ({ buyer_key, variant_id, count: piecesOf(variant_id) })),
        ]
        if (!tooManyOpen({ keys: [buyer_key], pieces, open }, limits)) placed.push(pieces)
      }
      assert.ok(placed.length <= limits.maxOpenOrders)
      for (const id of ['a', 'b']) assert.ok(piecesOf(id) <= limits.maxHeldPerVariant)
    }),
  )
})
