import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hours } from '#platform/values'
import { openPromotionsTest, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest({
    limits: {
      kind: 'on',
      rates: {
        coupon: { count: 3, seconds: 3600, burst: 3 },
        'coupon-of-address': { count: 9, seconds: 3600, burst: 9 },
        default: { count: 1e6, seconds: 1, burst: 1e6 },
      },
    },
  })
})
after(() => shop.close())

let addresses = 0
const newAddress = () => `203.0.113.${++addresses}`
const find = (code: string, guesser: string | null = 'anna', address = '198.51.100.1') =>
  shop.module.api.findCoupon({ code, attempted_by: { guesser, address } })
const answerTo = async (...input: Parameters<typeof find>) => {
  const outcome = await find(...input)
  return outcome.kind === 'found' ? outcome.kind : outcome.reason
}

test('a coupon is found in any case; one that is off or has not started is unknown (CAT-14)', async () => {
  await shop.create({ code: 'Spring' })
  await shop.create({ code: 'OFF', is_active: false })
  const starts_at = new Date(shop.now().getTime() + hours(1)).toISOString()
  await shop.create({ code: 'SOON', starts_at })
  for (let i = 0; i < 10; i++) assert.deepEqual(await find(' spring '), { kind: 'found', code: 'SPRING' })
  assert.deepEqual(await find('off'), { kind: 'refused', reason: 'coupon-unknown' })
  assert.deepEqual(await find('soon'), { kind: 'refused', reason: 'coupon-unknown' })
})

test('after three guesses even a right code gets no answer, from whatever address, and others are not hindered (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'SECRET' })
  for (const guess of ['AAA', 'BBB', 'CCC']) await find(guess, 'mallory', newAddress())
  assert.equal(await answerTo('SECRET', 'mallory', newAddress()), 'too-many-coupons')
  const attempted_by = { guesser: 'mallory', address: newAddress() }
  const order = await shop.redeem({ coupon: 'SECRET', attempted_by })
  assert.equal(order.kind === 'refused' && order.reason, 'too-many-coupons')
  assert.equal(await answerTo('SECRET', 'boris'), 'found')
  shop.advance(hours(1))
  assert.equal(await answerTo('SECRET', 'mallory', newAddress()), 'found')
})

test('all accounts and carts of one address guess three codes, and a right code of a neighbour is found (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'NEIGHBOUR' })
  const address = newAddress()
  const guesses = ['mallory 1', 'mallory 2', null, 'mallory 3'].map(
    async (guesser) => await answerTo('NO', guesser, address),
  )
  assert.deepEqual(await Promise.all(guesses), [
    'coupon-unknown',
    'coupon-unknown',
    'coupon-unknown',
    'too-many-coupons',
  ])
  assert.equal(await answerTo('NEIGHBOUR', 'mallory 1', address), 'too-many-coupons')
  for (let i = 0; i < 20; i++) assert.equal(await answerTo('NEIGHBOUR', i % 2 ? 'vera' : null, address), 'found')
})

test('an address that makes up a cart for each guess gets no answer at last, even to a right code (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'HIDDEN' })
  const address = newAddress()
  for (let i = 0; i < 9; i++) await find(`NO${i}`, `cart ${i}`, address)
  assert.equal(await answerTo('HIDDEN', 'new cart', address), 'too-many-coupons')
  shop.advance(hours(1))
  assert.equal(await answerTo('HIDDEN', 'new cart', address), 'found')
})
