import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buyerKeysOf, tooManyOpen, type OpenCount } from './open-orders.ts'

const payment_method = 'online' as const
const buyer = {
  user_id: 'anna',
  is_verified: false,
  recipient_phone: null,
  client_address: '127.0.0.1',
  payment_method,
}
const now = new Date('2026-11-21T09:00:00Z')
const keyOf = (change: Partial<Parameters<typeof buyerKeysOf>[0]>) =>
  buyerKeysOf({ ...buyer, ...change }, now)
    .slice(1)
    .map(({ buyer_key }) => buyer_key)

test('one buyer has one key, in whatever form she writes her phone or her e-mail (ORD-12)', () => {
  for (const recipient_phone of [
    '+7 912 345-67-89',
    '8 (912) 345-67-89',
    '79123456789',
    '912 345 67 89',
    '00 7 912 345-67-89',
    '8 10 7 912 3456789',
    '+7 (912) 345 67 89',
  ])
    assert.deepEqual(keyOf({ recipient_phone }), ['phone:online:79123456789'])
  for (const email of ['anna@example.org', 'Anna@Example.org', 'anna+shop@example.org'])
    assert.deepEqual(keyOf({ email }), ['email:online:anna@example.org'])
  for (const recipient_phone of ['+49 30 901820', '0049 30 901820', '8~10 49 30 901820'])
    assert.deepEqual(keyOf({ recipient_phone }), ['phone:online:4930901820'])
  assert.deepEqual(keyOf({ client_address: '2001:db8::1' }), keyOf({ client_address: '2001:db8:0:0:5::9' }))
})

test('a text without digits is no phone, and a private address is no address (ORD-12)', () => {
  assert.deepEqual(keyOf({ recipient_phone: '  ( ) -', email: '@', client_address: '10.0.0.1' }), [])
})

test('a verified account shares no key with a guest who types her contacts (ORD-12)', () => {
  const contact = { recipient_phone: '+7 912 345-67-89', email: 'anna@example.org', client_address: '203.0.113.7' }
  const typed = keyOf(contact)
  const verified = keyOf({ ...contact, is_verified: true })
  assert.deepEqual(verified, ['email:verified:online:anna@example.org', 'address:verified:online:203.0.113.7'])
  assert.deepEqual(
    verified.filter((key) => typed.includes(key)),
    [],
  )
})

test('a cash order counts by a contact for a day, by the account until it is closed, and by no key of an online order (ORD-12)', () => {
  const contact = { recipient_phone: '+7 912 345-67-89', email: 'anna@example.org', client_address: '203.0.113.7' }
  const cash = buyerKeysOf({ ...buyer, ...contact, payment_method: 'cash_on_delivery' }, now)
  const online = buyerKeysOf({ ...buyer, ...contact }, now)
  const day = new Date('2026-11-22T09:00:00Z')
  assert.deepEqual(
    cash.map(({ counts_until }) => counts_until),
    [null, day, day, day],
  )
  assert.deepEqual(
    cash.filter(({ buyer_key }) => online.some((other) => other.buyer_key === buyer_key)),
    [{ buyer_key: 'account:anna', counts_until: null, network: null }],
  )
})

test('a contact refuses a network that has an open order with it, and no other, whatever others have ordered (ORD-12)', () => {
  const limits = { maxOpenOrders: 5, maxHeldPerVariant: 20 }
  const pieces = [{ variant_id: 'a', quantity: 2 }]
  const buyer_key = 'phone:online:79123456789'
  const countsOf = (network: string, orders: number, held: number): OpenCount[] => [
    { buyer_key, network, variant_id: null, count: orders },
    { buyer_key, network, variant_id: 'a', count: held },
  ]
  const others = ['a', 'b', 'c', 'd', 'e'].flatMap((network) => countsOf(network, 2, 10))
  const reasonFor = (network: string | null, open: readonly OpenCount[]) =>
    tooManyOpen({ keys: [{ buyer_key, network }], pieces, open }, limits)?.reason
  assert.equal(reasonFor('home', others), undefined)
  assert.equal(reasonFor('a', others), 'too-many-open-orders')
  assert.equal(reasonFor('home', [...others, ...countsOf('home', 1, 2)]), 'too-many-open-orders')
  assert.equal(reasonFor(null, others), 'too-many-open-orders', 'a proven contact counts everything')
  assert.equal(reasonFor('home', [...countsOf('a', 1, 17), ...countsOf('home', 1, 2)]), 'too-many-open-orders')
  assert.equal(reasonFor('home', [...countsOf('a', 1, 16), ...countsOf('home', 1, 2)]), undefined)
})

test('only a contact that is not proven counts with its network (ORD-12)', () => {
  const contact = { recipient_phone: '+7 912 345-67-89', email: 'anna@example.org', client_address: '2001:db8::1' }
  const networksOf = (is_verified: boolean) =>
    buyerKeysOf({ ...buyer, ...contact, is_verified }, now).map(({ network }) => network)
  assert.deepEqual(networksOf(false), [null, '2001:db8:0:0::/56', '2001:db8:0:0::/56', null])
  assert.deepEqual(networksOf(true), [null, null, null])
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
      const key = { buyer_key: 'account:anna', network: null }
      for (const pieces of requests) {
        const open: OpenCount[] = [
          { ...key, variant_id: null, count: placed.length },
          ...['a', 'b'].map((variant_id) => ({ ...key, variant_id, count: piecesOf(variant_id) })),
        ]
        if (!tooManyOpen({ keys: [key], pieces, open }, limits)) placed.push(pieces)
      }
      assert.ok(placed.length <= limits.maxOpenOrders)
      for (const id of ['a', 'b']) assert.ok(piecesOf(id) <= limits.maxHeldPerVariant)
    }),
  )
})
