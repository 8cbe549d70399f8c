import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tooManyOpen } from '../../modules/ordering/open-orders.ts'
import { mostAtOnce, mostOf } from '../../web/storefront/cart/most-at-once.ts'

/** Whether ordering accepts the first order of a buyer, of `quantity` bundles with `each` pieces of a rose. */
function accepts(
  quantity: number,
  { available, each, maxHeld }: Readonly<Record<'available' | 'each' | 'maxHeld', number>>,
) {
  const pieces = [
    { variant_id: 'bundle', quantity },
    { variant_id: 'rose', quantity: quantity * each, at_once: each },
  ]
  const left = new Map([
    ['bundle', available - quantity],
    ['rose', (available - quantity) * each],
  ])
  const facts = { keys: [{ buyer_key: 'account:anna', network: null }], pieces, open: [], left }
  return tooManyOpen(facts, { maxOpenOrders: 0, maxHeldPerVariant: maxHeld }) === undefined
}

test('ordering accepts as many pieces as a page offers, and no more where the page says so (ORD-12, WEB-1)', () => {
  const shops = fc.record({
    available: fc.integer({ min: 1, max: 300 }),
    each: fc.integer({ min: 1, max: 60 }),
    maxHeld: fc.integer({ min: 0, max: 120 }),
  })
  fc.assert(
    fc.property(shops, (shop) => {
      const most = mostAtOnce(shop, shop)
      assert.ok(most >= 1 && accepts(most, shop))
      if (most < mostOf(shop.available)) assert.ok(!accepts(most + 1, shop))
    }),
  )
})

test('a piece without a stock is offered as often as the cart takes it (ORD-12)', () => {
  assert.equal(mostAtOnce({ available: null }, { maxHeld: 20 }), 99)
})
