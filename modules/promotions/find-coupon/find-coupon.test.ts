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
const find = (code: string, guesser: string | null = 'anna', address = '198.51.100.1', is_verified = false) =>
  shop.module.api.findCoupon({ code, attempted_by: { guesser, is_verified, address } })
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
  const attempted_by = { guesser: 'mallory', is_verified: true, address: newAddress() }
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
  for (let i = 0; i < 9; i++) await find(`NO${i}`, `cart ${i} of ${address}`, address)
  assert.equal(await answerTo('HIDDEN', 'new cart', address), 'too-many-coupons')
  shop.advance(hours(1))
  assert.equal(await answerTo('HIDDEN', 'new cart', address), 'found')
})

/** A visitor behind an address gives ten limits of wrong codes, each with a new cart. */
async function exhaust(address: string): Promise<void> {
  for (let i = 0; i < 9; i++) await find(`NO${i}`, `cart ${i} of ${address}`, address)
}

test('behind such an address verified accounts that have not guessed find a right code, and guess no more than others (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'TRUSTED' })
  const address = newAddress()
  await exhaust(address)
  assert.equal(await answerTo('TRUSTED', 'unverified', address), 'too-many-coupons')
  assert.equal(await answerTo('NO', 'mallory 9', address, true), 'too-many-coupons')
  assert.equal(await answerTo('TRUSTED', 'mallory 9', address, true), 'too-many-coupons', 'she has guessed')
  assert.equal(await answerTo('TRUSTED', 'vera', address, true), 'found')
})

test('a code that an account or a cart has given before is no guess, also in another network; that of a neighbour is (CART-4, SEC-2)', async () => {
  const { id } = await shop.create({ code: 'MINE' })
  await shop.create({ code: 'OTHERS' })
  const [address, elsewhere] = [newAddress(), newAddress()]
  assert.equal(await answerTo('mine', 'cart of vera', address), 'found')
  await exhaust(address)
  await exhaust(elsewhere)
  for (let i = 0; i < 10; i++) assert.equal(await answerTo('MINE', 'cart of vera', address), 'found')
  assert.equal(await answerTo('MINE', 'cart of vera', elsewhere), 'found')
  for (const [code, guesser] of [
    ['OTHERS', 'cart of vera'],
    ['MINE', 'another cart'],
    ['MINE', null],
  ] as const)
    assert.equal(await answerTo(code, guesser, address), 'too-many-coupons')
  await shop.pool.query('update promotions.promotions set is_active = false where id = $1', [id])
  assert.equal(await answerTo('MINE', 'cart of vera', address), 'coupon-unknown')
})

test('the coupon of a cart is no guess of its order, and a required one is (CART-4, SEC-2)', async () => {
  await shop.create({ code: 'INCART' })
  const address = newAddress()
  await exhaust(address)
  const attempted_by = { guesser: 'cart of nina', is_verified: false, address }
  const required = await shop.redeem({ coupon: 'INCART', attempted_by, requiresCoupon: true })
  assert.equal(required.kind === 'refused' && required.reason, 'too-many-coupons')
  const fromCart = await shop.redeem({ coupon: 'INCART', attempted_by, requiresCoupon: false })
  assert.deepEqual(fromCart.kind === 'redeemed' && fromCart.quote.coupon, { code: 'INCART', reason: null })
})
