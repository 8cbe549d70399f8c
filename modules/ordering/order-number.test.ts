import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderNumber } from './order-number.ts'

test('an order number can be read over the telephone and does not give away the turnover (ORD-2)', () => {
  const drawn = [7, 0, 30, 29, 1, 2]
  const number = orderNumber(new Date('2026-11-21T10:00:00Z'), () => drawn.shift() ?? 0)
  assert.match(number, /^2026-[2-9A-HJKMNP-Z]{6}$/)
  assert.equal(number, '2026-92ZY34')
})
