import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { orderCancelled, orderOwnerChanged } from '#ordering/events'
import { minutes, newId } from '#platform/values'
import { newBuyer, openPromotionsTest, type PromotionsTest } from './testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
after(() => shop.close())

const step = fc.record({
  kind: fc.constantFrom('redeem', 'redeem', 'redeem', 'withdraw', 'cancel', 'place', 'move', 'wait'),
  order: fc.nat(5),
  buyer: fc.nat(2),
  coupon: fc.constantFrom(null, 'ALL3', 'EACH1', 'ALONE'),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** Six orders of three buyers, which meet in one history. */
async function play(steps: readonly Step[]): Promise<void> {
  const orders = Array.from({ length: 6 }, () => newId())
  const buyers = Array.from({ length: 3 }, newBuyer)
  const each = async ({ kind, order, buyer: of, coupon }: Step) => {
    const [order_id = '', buyer = newBuyer()] = [orders[order], buyers[of]]
    if (kind === 'redeem') {
      const outcome = await shop.redeem({ order_id, buyer, coupon, requiresCoupon: false })
      if (outcome.kind === 'refused') assert.equal(outcome.reason, 'id-taken')
    }
    if (kind === 'withdraw') await shop.module.api.withdraw(order_id)
    if (kind === 'place') await place(order_id)
    if (kind === 'cancel') {
      shop.stubs.orders.delete(order_id)
      await shop.deliver(orderCancelled({ order_id, user_id: buyer.user_id, reason: 'customer' }))
    }
    if (kind === 'move') await shop.deliver(orderOwnerChanged({ order_id, user_id: buyer.user_id }))
    if (kind === 'wait') {
      shop.advance(minutes(3))
      await shop.confirmRedemptions()
    }
  }
  // Pairs of calls run at once. Events and jobs run alone, as the groups of a module do.
  for (const one of steps) {
    const isCall = one.kind === 'redeem' || one.kind === 'withdraw'
    await Promise.all(isCall ? [each(one), each({ ...one, order: (one.order + 1) % 6 })] : [each(one)])
  }
}

/** Ordering saves the order with the promotions that it uses now. */
async function place(order_id: string): Promise<void> {
  const { rows } = await shop.pool.query<{ promotion_id: string }>(
    'select promotion_id from promotions.uses where order_id = $1 and not is_returned',
    [order_id],
  )
  if (rows.length > 0) {
    shop.stubs.orders.set(
      order_id,
      rows.map(({ promotion_id }) => promotion_id),
    )
  }
}

test('in every history of orders at once, each use is counted once and no limit is exceeded (CAT-14, REL-5)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await shop.pool.query('truncate promotions.promotions, promotions.redemptions cascade')
      shop.stubs.orders.clear()
      await shop.create({ code: 'ALL3', max_uses: 3, combinable: true })
      await shop.create({ code: 'EACH1', max_uses_per_buyer: 1, kind: 'fixed_amount', percent: null, amount: 5000 })
      await shop.create({ code: 'ALONE', combinable: false, percent: 30, max_uses: 2 })
      await shop.create({ max_uses: 4, percent: 5 })
      await play(steps)
      await shop.assertNoViolations()
      shop.advance(minutes(10))
      await shop.confirmRedemptions()
      const left = await shop.pool.query<{ order_id: string }>(
        "select order_id from promotions.redemptions where state = 'redeemed'",
      )
      assert.deepEqual(
        left.rows.map(({ order_id }) => order_id).filter((order_id) => !shop.stubs.orders.has(order_id)),
        [],
        'only orders that live use promotions',
      )
      await shop.assertNoViolations()
    }),
    { numRuns: 25, endOnFailure: true }, // a history costs a second, so it is not shrunk
  )
})
