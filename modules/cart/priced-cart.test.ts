import assert from 'node:assert/strict'
import test from 'node:test'
import { priced } from './priced-cart.ts'

const offer = (variant_id: string, change: { price?: number; currency?: string; available?: number | null } = {}) => ({
  variant_id,
  product_id: `product of ${variant_id}`,
  slug: variant_id,
  title: { ru: 'чай', en: 'tea' },
  image: null,
  price: 100,
  currency: 'RUB',
  available: 10,
  ...change,
})

test('a cart shows today’s price of each line and their sum (CART-3)', () => {
  const { items, totals, pieces } = priced(
    [
      { variant_id: 'oolong', quantity: 2 },
      { variant_id: 'puer', quantity: 3 },
    ],
    [offer('puer', { price: 50 }), offer('oolong', { price: 1000 })],
  )
  assert.deepEqual(
    items.map(({ variant_id, line_total }) => [variant_id, line_total]),
    [
      ['oolong', 2000],
      ['puer', 150],
    ],
  )
  assert.deepEqual(totals, [{ amount: 2150, currency: 'RUB' }])
  assert.equal(pieces, 5)
})

test('roubles and stars are never added (CART-1)', () => {
  const lines = ['tea', 'sticker', 'cup'].map((variant_id) => ({ variant_id, quantity: 1 }))
  const { totals } = priced(lines, [offer('tea'), offer('sticker', { currency: 'XTR', price: 7 }), offer('cup')])
  assert.deepEqual(totals, [
    { amount: 200, currency: 'RUB' },
    { amount: 7, currency: 'XTR' },
  ])
})

test('a line says when fewer pieces are in stock, and never when stock is not counted (CART-3)', () => {
  const isInsufficient = (available: number | null) =>
    priced([{ variant_id: 'tea', quantity: 3 }], [offer('tea', { available })]).items[0]?.insufficient_stock
  assert.deepEqual(
    [isInsufficient(2), isInsufficient(3), isInsufficient(0), isInsufficient(null)],
    [true, false, true, false],
  )
})

test('a variant without an offer is not shown (CART-3)', () => {
  assert.deepEqual(priced([{ variant_id: 'gone', quantity: 1 }], []), { items: [], totals: [], pieces: 0 })
})
