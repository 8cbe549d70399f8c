import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hours } from '#platform/values'
import { openPromotionsTest, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest({
    limits: {
      kind: 'on',
      rates: { coupon: { count: 3, seconds: 3600, burst: 3 }, default: { count: 1e6, seconds: 1, burst: 1e6 } },
    },
  })
})
after(() => shop.close())

const find = (code: string, attempted_by = 'anna') => shop.module.api.findCoupon({ code, attempted_by })

test('a coupon is found in any case; one that is off or has not started is unknown (CAT-14)', async () => {
  await shop.create({ code: 'Spring' })
  await shop.create({ code: 'OFF', is_active: false })
  const starts_at = new Date(shop.now().getTime() + hours(1)).toISOString()
  await shop.create({ code: 'SOON', starts_at })
  for (let i = 0; i < 10; i++) assert.deepEqual(await find(' spring '), { kind: 'found', code: 'SPRING' })
  assert.deepEqual(await find('off'), { kind: 'refused', reason: 'coupon-unknown' })
  assert.deepEqual(await find('soon'), { kind: 'refused', reason: 'coupon-unknown' })
})

test('after three guesses even a right code gets no answer, and others are not hindered (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'SECRET' })
  for (const guess of ['AAA', 'BBB', 'CCC']) await find(guess, 'mallory')
  const refused = await find('SECRET', 'mallory')
  assert.equal(refused.kind === 'refused' && refused.reason, 'too-many-coupons')
  const order = await shop.redeem({ coupon: 'SECRET', attempted_by: 'mallory' })
  assert.equal(order.kind === 'refused' && order.reason, 'too-many-coupons')
  assert.equal((await find('SECRET', 'boris')).kind, 'found')
  shop.advanceClock(hours(1))
  assert.equal((await find('SECRET', 'mallory')).kind, 'found')
})
