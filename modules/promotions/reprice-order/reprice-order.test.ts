import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { cup, openPromotionsTest, tea, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
after(() => shop.close())

const reprice = (promotion_ids: readonly string[], lines = [tea], delivery_fee = 0) =>
  shop.module.api.reprice({ promotion_ids, lines, currency: 'RUB', delivery_fee })

test('an edited order keeps its coupon, also when its last use is its own and it has ended (ORD-7, CAT-14)', async () => {
  const { id, code } = await shop.create({ code: 'ONCE', max_uses: 1, max_uses_per_buyer: 1, minimum_total: 100_000 })
  const redeemed = await shop.redeem({ coupon: code, lines: [tea] })
  assert.equal(redeemed.kind, 'redeemed')
  const more = await reprice([id], [{ ...tea, quantity: 4 }])
  assert.deepEqual([more.items_amount, more.discount_amount, more.total_amount], [200_000, 20_000, 180_000])
  const fewer = await reprice([id], [{ ...tea, quantity: 1 }])
  assert.deepEqual([fewer.discounts, fewer.total_amount], [[], 50_000])
  assert.equal(await shop.usesOf(id), 1)
  await shop.assertNoViolations()
})

test('an edited order keeps all of its promotions, also when one has got a code since (ORD-7, CAT-14)', async () => {
  const automatic = await shop.create({ percent: 10 })
  const coupon = await shop.create({ code: 'BOTH20', percent: 20 })
  const redeemed = await shop.redeem({ coupon: 'BOTH20', lines: [tea] })
  assert.equal(redeemed.kind === 'redeemed' && redeemed.quote.discount_amount, 30_000)
  const body = { code: 'LATER' }
  expectResponse(await shop.send(olga, `PATCH /admin/promotions/${automatic.id}`, { body }), 200)
  assert.equal((await reprice([automatic.id, coupon.id])).discount_amount, 30_000)
  await shop.send(olga, `PATCH /admin/promotions/${automatic.id}`, { body: { is_active: false } })
})

test('goods without promotions, and promotions that staff deleted, have their plain price (ORD-7)', async () => {
  assert.equal((await reprice([], [tea, cup], 300)).total_amount, 130_300)
  assert.equal((await reprice([newId()])).total_amount, 100_000)
})

test('free delivery pays the new fee (ORD-7)', async () => {
  const { id } = await shop.create({ code: 'DRIVE', kind: 'free_delivery', percent: null })
  const { delivery_discount, total_amount } = await reprice([id], [tea], 40_000)
  assert.deepEqual([delivery_discount, total_amount], [40_000, 100_000])
})
