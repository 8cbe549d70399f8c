import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { divide, priceOf, type Benefit, type PricedGoods } from './pricing.ts'

const line = fc.record({ price: fc.integer({ min: 0, max: 200_000 }), quantity: fc.integer({ min: 1, max: 99 }) })
const lines = fc.array(line, { minLength: 1, maxLength: 12 })
const goods = fc.record({ lines, delivery_fee: fc.option(fc.integer({ min: 0, max: 50_000 })) })

const kind = fc.oneof(
  fc.record({ kind: fc.constant('percentage' as const), percent: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant('fixed_amount' as const), amount: fc.integer({ min: 1, max: 500_000 }) }),
  fc.record({ kind: fc.constant('free_delivery' as const) }),
)
const rest = fc.record({ combinable: fc.boolean(), mask: fc.integer({ min: 0, max: 4095 }), isChosen: fc.boolean() })

/** Goods with promotions for some of their lines. */
const priced = fc
  .tuple(goods, fc.array(fc.tuple(kind, rest), { maxLength: 6 }))
  .map(([goods, some]): [PricedGoods, Benefit[]] => [
    goods,
    some.map(([kind, { mask, ...rest }], i) => {
      const positions = goods.lines.flatMap((_, k) => (mask & (1 << k) ? [k] : []))
      return { ...kind, ...rest, promotion_id: `promotion ${i}`, lines: positions }
    }),
  ])

const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + each, 0)

test('the discounts of the lines and of the delivery add up to the price, and nothing costs less than zero (CAT-14)', () => {
  fc.assert(
    fc.property(priced, ([goods, benefits]) => {
      const price = priceOf(goods, benefits)
      const totals = goods.lines.map(({ price, quantity }) => price * quantity)
      assert.equal(price.items_amount, sum(totals))
      assert.equal(price.total_amount, price.items_amount - price.discount_amount + price.delivery_fee)
      assert.equal(sum(price.line_discounts) + price.delivery_discount, price.discount_amount)
      assert.equal(sum(price.applied.map(({ amount }) => amount)), price.discount_amount)
      price.line_discounts.forEach((discount, i) => assert.ok(discount >= 0 && discount <= (totals[i] ?? 0)))
      assert.ok(price.delivery_discount >= 0 && price.delivery_discount <= price.delivery_fee)
      assert.ok(price.total_amount >= 0)
    }),
    { numRuns: 2000 },
  )
})

test('the price does not depend on the order in which promotions come (CAT-14)', () => {
  const shuffled = priced.chain(([goods, benefits]) =>
    fc.shuffledSubarray(benefits, { minLength: benefits.length }).map((other) => [goods, benefits, other] as const),
  )
  fc.assert(
    fc.property(shuffled, ([goods, benefits, other]) => {
      assert.deepEqual(priceOf(goods, other), priceOf(goods, benefits))
    }),
    { numRuns: 1000 },
  )
})

test('a promotion more never makes an order dearer, and one that does not combine is used alone (CAT-14)', () => {
  fc.assert(
    fc.property(priced, ([goods, benefits]) => {
      const price = priceOf(goods, benefits)
      const alone = benefits.filter(({ combinable }) => !combinable)
      for (const each of [...alone.map((one) => [one]), benefits.filter(({ combinable }) => combinable)])
        assert.ok(price.total_amount <= priceOf(goods, each).total_amount)
      const used = new Set(price.applied.map(({ promotion_id }) => promotion_id))
      if (alone.some(({ promotion_id }) => used.has(promotion_id))) assert.equal(used.size, 1)
    }),
    { numRuns: 1000 },
  )
})

test('a discount is divided by the prices of the lines, to the kopeck (CAT-14)', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 99_000_000_000 }), { minLength: 1, maxLength: 100 })
  const input = weights.chain((weights) =>
    fc.tuple(fc.constant(weights), fc.integer({ min: 0, max: Math.min(sum(weights), 9_000_000_000_000) })),
  )
  fc.assert(
    fc.property(input, ([weights, amount]) => {
      const shares = divide(amount, weights)
      assert.equal(sum(shares), sum(weights) === 0 ? 0 : amount)
      const total = sum(weights)
      shares.forEach((share, i) => {
        const weight = weights[i] ?? 0
        assert.ok(share <= weight, 'no share exceeds its weight')
        const exact = total === 0 ? 0 : (amount / total) * weight
        assert.ok(Math.abs(share - exact) < 1.01, `${share} of ${exact}`)
      })
    }),
  )
  assert.deepEqual(divide(100, [1, 1, 1]), [34, 33, 33])
})

const tea = { price: 50_000, quantity: 2 }
const cup = { price: 33_333, quantity: 1 }
const shared = { combinable: true, isChosen: false, lines: [0, 1] }

test('ten percent of everything and five hundred off tea are both of the full price (CAT-14)', () => {
  const price = priceOf({ lines: [tea, cup], delivery_fee: 30_000 }, [
    { ...shared, promotion_id: 'b', kind: 'fixed_amount', amount: 50_000, lines: [0] },
    { ...shared, promotion_id: 'a', kind: 'percentage', percent: 10 },
    { ...shared, promotion_id: 'c', kind: 'free_delivery' },
  ])
  assert.deepEqual(price, {
    items_amount: 133_333,
    discount_amount: 93_333,
    delivery_fee: 30_000,
    delivery_discount: 30_000,
    total_amount: 70_000,
    line_discounts: [60_000, 3333],
    applied: [
      { promotion_id: 'a', amount: 13_333 },
      { promotion_id: 'b', amount: 50_000 },
      { promotion_id: 'c', amount: 30_000 },
    ],
  })
})

test('of two equal discounts that do not combine the buyer gets the one of her coupon (CAT-14)', () => {
  const alone = { ...shared, combinable: false, kind: 'percentage', percent: 10 } as const
  const { applied } = priceOf({ lines: [tea], delivery_fee: null }, [
    { ...alone, lines: [0], promotion_id: 'a' },
    { ...alone, lines: [0], promotion_id: 'b', isChosen: true },
  ])
  assert.deepEqual(applied, [{ promotion_id: 'b', amount: 10_000 }])
})

test('free delivery is promised while the fee is not known, and is not used where there is none (CAT-14)', () => {
  const free = { ...shared, lines: [0], promotion_id: 'a', kind: 'free_delivery' } as const
  assert.deepEqual(priceOf({ lines: [tea], delivery_fee: null }, [free]).applied, [{ promotion_id: 'a', amount: 0 }])
  assert.deepEqual(priceOf({ lines: [tea], delivery_fee: 0 }, [free]).applied, [])
})

test('the greatest order is priced exactly (CAT-14)', () => {
  const lines = Array.from({ length: 100 }, () => ({ price: 10_000_000_000, quantity: 99 }))
  const all = lines.map((_, i) => i)
  const price = priceOf({ lines, delivery_fee: 0 }, [
    { ...shared, promotion_id: 'a', kind: 'percentage', percent: 33, lines: all },
  ])
  assert.equal(price.discount_amount, 32_670_000_000_000)
  assert.equal(price.total_amount, 66_330_000_000_000)
})
