import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decideHold, type Found } from './hold.ts'
import { availabilityOf, type Part } from './stock.ts'

const line = (variant_id: string, price = 100) => ({
  variant_id,
  product_id: variant_id,
  sku: variant_id,
  title: { ru: variant_id, en: variant_id },
  price,
  weight_grams: 10,
})

const stockIds = ['a', 'b', 'c', 'd']
const parts = (free: readonly number[]) =>
  fc
    .uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 })
    .chain((picked) =>
      fc.tuple(
        ...picked.map((i) =>
          fc
            .integer({ min: 1, max: 5 })
            .map((per): Part => ({ variant_id: stockIds[i] ?? '', per, free: free[i] ?? 0 })),
        ),
      ),
    )

const scene = fc.array(fc.nat({ max: 60 }), { minLength: 4, maxLength: 4 }).chain((free) =>
  fc.record({
    free: fc.constant(free),
    bundles: fc.array(fc.tuple(parts(free), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 }),
  }),
)

const inputOf = (bundles: readonly (readonly [readonly Part[], number])[]) => ({
  input: {
    order_id: 'o',
    wants: bundles.map(([, quantity], i) => ({ variant_id: `bundle-${i}`, quantity })),
    expires_at: new Date(0),
  },
  found: bundles.map(([parts], i): Found => ({ line: line(`bundle-${i}`), currency: 'RUB', parts })),
})

test('a hold takes from each component exactly what all lines together need, and never more than is there (CAT-5, CAT-13)', () => {
  fc.assert(
    fc.property(scene, ({ free, bundles }) => {
      const { input, found } = inputOf(bundles)
      const holding = decideHold(input, found)
      const needs = stockIds.map((id) =>
        bundles.reduce(
          (sum, [parts, quantity]) => sum + quantity * (parts.find((part) => part.variant_id === id)?.per ?? 0),
          0,
        ),
      )
      const isEnough = needs.every((need, i) => need <= (free[i] ?? 0))
      assert.equal(holding.kind, isEnough ? 'to-hold' : 'refused')
      if (holding.kind !== 'to-hold') return
      for (const [i, id] of stockIds.entries()) {
        assert.equal(holding.items.find((item) => item.variant_id === id)?.reserved ?? 0, needs[i])
      }
    }),
  )
})

test('stock is always asked for in id order, so that no two orders wait for each other (CAT-13)', () => {
  fc.assert(
    fc.property(scene, ({ bundles }) => {
      const { input, found } = inputOf(bundles)
      const holding = decideHold(input, found)
      if (holding.kind !== 'to-hold') return
      const ids = holding.items.map(({ variant_id }) => variant_id)
      assert.deepEqual(ids, ids.toSorted())
    }),
  )
})

test('of a bundle there are as many as its scarcest component gives (CAT-5)', () => {
  fc.assert(
    fc.property(scene, ({ bundles }) => {
      for (const [parts] of bundles) {
        const most = availabilityOf(parts) ?? 0
        const { input, found } = inputOf([[parts, Math.max(most, 1)]])
        assert.equal(decideHold(input, found).kind, most >= 1 ? 'to-hold' : 'refused')
        const { input: more, found: same } = inputOf([[parts, most + 1]])
        assert.equal(decideHold(more, same).kind, 'refused')
      }
    }),
  )
})

test('the same variant on two lines is one line of both (CAT-13)', () => {
  const found: Found = { line: line('x', 700), currency: 'RUB', parts: [{ variant_id: 'x', per: 1, free: 5 }] }
  const wants = [
    { variant_id: 'x', quantity: 2 },
    { flower_id: 'p', quantity: 3 },
  ]
  const holding = decideHold({ order_id: 'o', wants, expires_at: new Date(0) }, [found, found])
  assert.deepEqual(holding.kind === 'to-hold' && [holding.lines.map((each) => each.quantity), holding.total_amount], [
    [5],
    3500,
  ])
})
