import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { days, hours, newId } from '#platform/values'
import { cup, newBuyer, openPromotionsTest, tea, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
beforeEach(async () => {
  await shop.pool.query('delete from promotions.promotions')
  // A change over the API, so that the cache of promotions is empty.
  await shop.create({ is_active: false })
})
after(() => shop.close())

const reasonOf = async (coupon: string, input: Parameters<PromotionsTest['quote']>[0] = {}) =>
  (await shop.quote({ coupon, ...input })).coupon?.reason

test('a coupon says why it gives no discount (CAT-14, CART-4)', async () => {
  const later = new Date(shop.now().getTime() + hours(1)).toISOString()
  await shop.create({ code: 'ENDS', ends_at: later })
  await shop.create({ code: 'YEN', currency: 'JPY' })
  await shop.create({ code: 'MUCH', minimum_total: 130_001 })
  await shop.create({ code: 'ENOUGH', minimum_total: 130_000 })
  await shop.create({ code: 'DRIVE', kind: 'free_delivery', percent: null })
  assert.equal(await reasonOf('ENDS'), null)
  assert.equal(await reasonOf('YEN'), 'other-currency')
  assert.equal(await reasonOf('MUCH'), 'below-minimum')
  assert.equal(await reasonOf('ENOUGH'), null)
  assert.equal(await reasonOf('DRIVE', { delivery_fee: 0 }), 'no-delivery-fee')
  assert.equal(await reasonOf('DRIVE', { delivery_fee: null }), null)
  assert.equal(await reasonOf('DRIVE', { delivery_fee: 300 }), null)
  assert.equal(await reasonOf('DELETED'), 'ended')
  shop.advance(hours(1))
  assert.equal(await reasonOf('ENDS'), 'ended')
})

test('a promotion for a category is for the goods below it, and its minimum is of these goods (CAT-14)', async () => {
  const [drinks, oolongs, cups] = [newId(), newId(), newId()]
  shop.stubs.categories = [
    { product_id: tea.product_id, category_ids: [oolongs, drinks] },
    { product_id: cup.product_id, category_ids: [cups] },
  ]
  await shop.create({ code: 'DRINKS', category_ids: [drinks], minimum_total: 100_000 })
  await shop.create({ code: 'CUPS', category_ids: [cups.toUpperCase()], minimum_total: 30_001 })
  await shop.create({ code: 'NOTHING', category_ids: [newId()] })
  assert.deepEqual((await shop.quote({ coupon: 'DRINKS' })).line_discounts, [10_000, 0])
  assert.equal(await reasonOf('CUPS'), 'below-minimum')
  assert.equal(await reasonOf('NOTHING'), 'not-for-these-goods')
})

test('a promotion for the first order is for buyers who have not ordered (CAT-14)', async () => {
  const { max_uses_per_buyer } = await shop.create({ code: 'FIRST', first_order: true })
  assert.equal(max_uses_per_buyer, 1)
  const buyer = newBuyer()
  assert.equal(await reasonOf('FIRST', { buyer }), null)
  shop.stubs.buyers.add(buyer.user_id)
  assert.equal(await reasonOf('FIRST', { buyer }), 'not-first-order')
  const guest = { user_id: null, email: 'vera@example.org', phone: null }
  assert.equal(await reasonOf('FIRST', { buyer: guest }), null)
  shop.stubs.buyers.add('vera@example.org')
  assert.equal(await reasonOf('FIRST', { buyer: guest }), 'not-first-order')
  // Others may have ordered with the e-mail that the account has proven.
  const owner = { ...newBuyer(), email: 'vera@example.org', is_verified: true }
  assert.equal(await reasonOf('FIRST', { buyer: owner }), null)
})

test('promotions without a code apply by themselves, from their start to their end (CAT-14)', async () => {
  const starts_at = new Date(shop.now().getTime() + days(1)).toISOString()
  await shop.create({ starts_at, combinable: false, name: { ru: 'Сезон', en: 'Season' } })
  const discountOf = async () => (await shop.quote()).discounts.map(({ name, amount }) => [name.en, amount])
  assert.deepEqual(await discountOf(), [])
  shop.advance(days(1))
  assert.deepEqual(await discountOf(), [['Season', 13_000]])
  await shop.create({ code: 'LESS', percent: 5 })
  assert.equal(await reasonOf('LESS'), 'better-promotion')
  await shop.create({ code: 'MORE', percent: 15 })
  const better = await shop.quote({ coupon: 'MORE' })
  assert.deepEqual([better.discount_amount, better.coupon?.reason], [19_500, null])
})
