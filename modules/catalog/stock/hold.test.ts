import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decideHold, type Sellable } from './hold.ts'
import type { Component } from './stock-level.ts'

const line = (variant_id: string, price = 100) => ({
  variant_id,
  product_id: variant_id,
  sku: variant_id,
  title: { ru: variant_id, en: variant_id },
  price,
  weight_grams: 10,
})

const stockIds = ['a', 'b', 'c', 'd']
const components = (free: readonly number[]) =>
  fc
    .uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 })
    .chain((picked) =>
      fc.tuple(
        ...picked.map((i) =>
          fc
            .integer({ min: 1, max: 5 })
            .map((per_bundle): Component => ({ variant_id: stockIds[i] ?? '', per_bundle, free: free[i] ?? 0 })),
        ),
      ),
    )

const order = fc.array(fc.nat({ max: 60 }), { minLength: 4, maxLength: 4 }).chain((free) =>
  fc.record({
    free: fc.constant(free),
    bundles: fc.array(fc.tuple(components(free), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 }),
  }),
)

const inputOf = (bundles: readonly (readonly [readonly Component[], number])[]) => ({
  input: {
    order_id: 'o',
    items: bundles.map(([, quantity], i) => ({ variant_id: `bundle-${i}`, quantity })),
    expires_at: new Date(0),
  },
  found: bundles.map(([components], i): Sellable => ({ line: line(`bundle-${i}`), currency: 'RUB', components })),
})

test('a hold reserves the pieces that all lines need together, and never more than are free (CAT-5, CAT-13)', () => {
  fc.assert(
    fc.property(order, ({ free, bundles }) => {
      const { input, found } = inputOf(bundles)
      const decided = decideHold(input, found)
      const needs = stockIds.map((id) =>
        bundles.reduce(
          (sum, [components, quantity]) =>
            sum + quantity * (components.find((each) => each.variant_id === id)?.per_bundle ?? 0),
          0,
        ),
      )
      const isEnough = needs.every((need, i) => need <= (free[i] ?? 0))
      assert.equal(decided.kind, isEnough ? 'decided' : 'refused')
      if (decided.kind !== 'decided') return
      for (const [i, id] of stockIds.entries()) {
        assert.equal(decided.variants.find((each) => each.variant_id === id)?.reserved ?? 0, needs[i])
      }
    }),
  )
})

test('stock is locked in id order, so that no two orders wait for each other (CAT-13)', () => {
  fc.assert(
    fc.property(order, ({ bundles }) => {
      const { input, found } = inputOf(bundles)
      const decided = decideHold(input, found)
      if (decided.kind !== 'decided') return
      const ids = decided.variants.map(({ variant_id }) => variant_id)
      assert.deepEqual(ids, ids.toSorted())
    }),
  )
})

test('the scarcest component limits the number of bundles (CAT-5)', () => {
  fc.assert(
    fc.property(order, ({ bundles }) => {
      for (const [components] of bundles) {
        const most = Math.min(...components.map(({ free, per_bundle }) => Math.floor((free ?? 0) / per_bundle)))
        const { input, found } = inputOf([[components, Math.max(most, 1)]])
        assert.equal(decideHold(input, found).kind, most >= 1 ? 'decided' : 'refused')
        const { input: more, found: same } = inputOf([[components, most + 1]])
        assert.equal(decideHold(more, same).kind, 'refused')
      }
    }),
  )
})

test('the line of a bundle names the stock that a piece holds, other lines name none (CAT-5, ORD-12)', () => {
  const bouquet: Sellable = {
    line: line('bouquet'),
    currency: 'RUB',
    components: [
      { variant_id: 'rose', per_bundle: 21, free: 60 },
      { variant_id: 'ribbon', per_bundle: 1, free: null },
    ],
  }
  const vase: Sellable = {
    line: line('vase'),
    currency: 'RUB',
    components: [{ variant_id: 'vase', per_bundle: 1, free: 5 }],
  }
  const items = ['bouquet', 'vase'].map((variant_id) => ({ variant_id, quantity: 2 }))
  const decided = decideHold({ order_id: 'o', items, expires_at: new Date(0) }, [bouquet, vase])
  assert.deepEqual(decided.kind === 'decided' && decided.lines.map(({ components }) => components), [
    [{ variant_id: 'rose', quantity: 21 }],
    undefined,
  ])
})

test('two items of the same variant become one line (CAT-13)', () => {
  const found: Sellable = {
    line: line('x', 700),
    currency: 'RUB',
    components: [{ variant_id: 'x', per_bundle: 1, free: 5 }],
  }
  const items = [
    { variant_id: 'x', quantity: 2 },
    { flower_id: 'p', quantity: 3 },
  ]
  const decided = decideHold({ order_id: 'o', items, expires_at: new Date(0) }, [found, found])
  assert.deepEqual(decided.kind === 'decided' && [decided.lines.map((each) => each.quantity), decided.total_amount], [
    [5],
    3500,
  ])
})
