import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { add, merge, withLine } from './cart.ts'
import { maxLines, maxPieces, type Line } from './schema.ts'

const someLine = fc.record({ variant_id: fc.uuid(), quantity: fc.integer({ min: 1, max: maxPieces }) })
const someLines = fc.uniqueArray(someLine, { maxLength: maxLines, selector: ({ variant_id }) => variant_id })
const quantityOf = (lines: readonly Line[], variant_id: string) =>
  lines.find((line) => line.variant_id === variant_id)?.quantity ?? 0

test('an addition adds up exactly, or is refused and changes nothing (CART-1)', () => {
  const someAddition = someLines.chain((lines) =>
    fc.tuple(fc.constant(lines), fc.oneof(someLine, fc.constantFrom(...lines, { variant_id: 'new', quantity: 1 }))),
  )
  fc.assert(
    fc.property(someAddition, ([lines, input]) => {
      const before = quantityOf(lines, input.variant_id)
      const outcome = add(lines, input)
      if (outcome.kind === 'refused') {
        assert.ok(before + input.quantity > maxPieces || (before === 0 && lines.length === maxLines))
      } else {
        assert.equal(outcome.line.quantity, before + input.quantity)
        const after = withLine(lines, outcome.line)
        assert.ok(after.length <= maxLines)
        assert.equal(quantityOf(after, input.variant_id), before + input.quantity)
      }
    }),
  )
})

test('a hundred different things fill a cart; more pieces of one of them still fit (CART-1)', () => {
  const full = Array.from({ length: maxLines }, (_, i) => ({ variant_id: `tea-${i}`, quantity: 1 }))
  assert.deepEqual(add(full, { variant_id: 'one more', quantity: 1 }), {
    kind: 'refused',
    reason: 'cart-full',
    maximum: maxLines,
  })
  assert.deepEqual(add(full, { variant_id: 'tea-5', quantity: 98 }), {
    kind: 'added',
    line: { variant_id: 'tea-5', quantity: 99 },
  })
})

test('merging keeps the lines of both carts, never more than 99 pieces or 100 lines (CART-2)', () => {
  const twoCarts = fc.tuple(someLines, someLines).chain(([own, guests]) =>
    fc.tuple(
      fc.constant(own),
      fc.subarray(own).map((shared) => [...shared, ...guests].slice(0, maxLines)),
    ),
  )
  fc.assert(
    fc.property(twoCarts, ([own, guests]) => {
      const merged = merge(own, guests)
      assert.ok(merged.length <= maxLines)
      assert.deepEqual(
        merged.slice(0, own.length).map(({ variant_id }) => variant_id),
        own.map(({ variant_id }) => variant_id),
      )
      for (const { variant_id, quantity } of merged) {
        const both = quantityOf(own, variant_id) + quantityOf(guests, variant_id)
        assert.equal(quantity, Math.min(maxPieces, both))
      }
    }),
  )
})

test('merging stops at a hundred lines, and a line of both carts still adds up (CART-2)', () => {
  const teas = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ variant_id: `tea-${from + i}`, quantity: 2 }))
  const merged = merge(teas(0, 60), [...teas(60, 60), ...teas(0, 1)])
  assert.equal(merged.length, maxLines)
  assert.equal(quantityOf(merged, 'tea-0'), 4)
})
