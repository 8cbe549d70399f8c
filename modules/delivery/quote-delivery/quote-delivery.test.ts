import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { minutes, newId, systemClock } from '#platform/values'
import type { QuoteInput } from '#promotions/api'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'
import { DeliveryQuote, ZoneView } from '../zone-schema.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
const tea = {
  variant_id: newId(),
  product_id: newId(),
  slug: 'tea',
  title: { ru: 'Чай', en: 'Tea' },
  image: null,
  price: 50_000,
  currency: 'RUB',
  weight_grams: 100,
  available: 5,
}
beforeEach(async () => {
  shop.stubs.offers = [tea]
  delete shop.stubs.discountOf
  delete shop.stubs.findCoupon
  await shop.pool.query('delete from delivery.zones; delete from delivery.pickup_points')
  const zone = {
    name: tea.title,
    places: ['Коломна'],
    fee: 30_000,
    free_from: 200_000,
    earliest_minutes: 60,
    latest_minutes: 120,
  }
  expectResponse(await shop.api.send(olga, 'POST /admin/delivery-zones', { body: zone }), 201, ZoneView)
})
after(() => shop.close())

const ask = (body: object, caller: typeof anna | typeof guest = anna) =>
  shop.api.send(caller, 'POST /delivery/quote', {
    body: { lines: [{ variant_id: tea.variant_id, quantity: 2 }], ...body },
  })
const quoted = async (body: object, caller?: typeof anna | typeof guest) => {
  const quote = expectResponse(await ask(body, caller), 200, DeliveryQuote)
  const [pickup, courier, cdek] = quote.methods
  assert.ok(pickup && courier && cdek)
  return { ...quote, pickup, courier, cdek }
}

test('a quote says what each method costs, when the courier comes, and the total of the order (DLV-4)', async () => {
  const before = systemClock().getTime()
  const { items_amount, currency, courier, cdek, pickup } = await quoted({ address: 'Коломна, Посадская 12' })
  assert.deepEqual([items_amount, currency], [100_000, 'RUB'])
  assert.deepEqual(
    [courier.available, courier.price, courier.total_amount, courier.free_from],
    [true, 30_000, 130_000, 200_000],
  )
  const from = new Date(courier.window?.from ?? '').getTime()
  assert.ok(from >= before + minutes(60) && from <= systemClock().getTime() + minutes(60))
  assert.equal(new Date(courier.window?.to ?? '').getTime() - from, minutes(60))
  assert.deepEqual([cdek.available, cdek.reason, cdek.price], [false, 'method-unavailable', null])
  assert.deepEqual([pickup.available, pickup.reason], [false, 'no-pickup-point'])
})

test('a quote says why a method is not available, to guests too (DLV-4)', async () => {
  assert.equal((await quoted({}, guest)).courier.reason, 'address-missing')
  assert.equal((await quoted({ address: 'Рязань' }, guest)).courier.reason, 'address-not-served')
  const [zone] = (await shop.pool.query<{ id: string }>('select id from delivery.zones')).rows
  const change = { body: { minimum_total: 100_001 } }
  expectResponse(await shop.api.send(olga, `PATCH /admin/delivery-zones/${zone?.id}`, change), 200)
  const { courier } = await quoted({ address: 'Коломна' })
  assert.deepEqual([courier.reason, courier.minimum_total], ['below-delivery-minimum', 100_001])
})

test('pickup costs nothing, and a promotion may pay the courier (DLV-4, CAT-14)', async () => {
  const point = {
    name: tea.title,
    address: tea.title,
    hours: [{ days: [1], opens: '10:00', closes: '20:00' }],
    timezone: 'Europe/Moscow',
  }
  expectResponse(await shop.api.send(olga, 'POST /admin/pickup-points', { body: point }), 201)
  shop.stubs.discountOf = ({ delivery_fee }) => ({ goods: 10_000, delivery: delivery_fee ?? 0 })
  const { courier, pickup } = await quoted({ address: 'Коломна', coupon: 'drive' })
  assert.deepEqual(
    [courier.price, courier.delivery_discount, courier.discount_amount, courier.total_amount],
    [30_000, 30_000, 40_000, 90_000],
  )
  assert.deepEqual([pickup.price, pickup.discount_amount, pickup.total_amount], [0, 10_000, 90_000])
})

test('a coupon that staff ended, or that is not looked up, changes no price and blocks no quote, and the quote says which (DLV-4, CART-4)', async () => {
  const refused = [
    [{ kind: 'refused', reason: 'coupon-unknown' }, 'ended'],
    [{ kind: 'refused', reason: 'too-many-coupons', retry_after: 5 }, 'too-many-coupons'],
  ] as const
  for (const [answer, reason] of refused) {
    shop.stubs.findCoupon = () => answer
    const { courier } = await quoted({ address: 'Коломна', coupon: 'ENDED' })
    assert.deepEqual([courier.available, courier.coupon_reason, courier.total_amount], [true, reason, 130_000])
  }
})

test('a quote knows the account and its proven e-mail, and no contact that a visitor types (DLV-4, CAT-14, A15)', async () => {
  const buyers: QuoteInput['buyer'][] = []
  shop.stubs.discountOf = ({ buyer }) => {
    buyers.push(buyer)
    return { goods: 0, delivery: 0 }
  }
  const { user_id, email } = anna
  await quoted({ address: 'Коломна' }, { ...anna, is_verified: true })
  assert.deepEqual(buyers[0], { user_id, email, phone: null, is_verified: true })
  await quoted({ address: 'Коломна' }, anna)
  const unproven = { email: null, phone: null, is_verified: false }
  assert.deepEqual(buyers.at(-1), { user_id, ...unproven })
  await quoted({ address: 'Коломна' }, guest)
  assert.deepEqual(buyers.at(-1), { user_id: null, ...unproven })
  expectProblem(await ask({ contact: { email: 'vera@example.org' } }, guest), 400, 'validation-failed')
})

test('goods that are not sold and two currencies are refused (DLV-4)', async () => {
  const unknown = newId()
  const problem = expectProblem(await ask({ lines: [{ variant_id: unknown, quantity: 1 }] }), 409, 'not-for-sale')
  assert.deepEqual(problem['variant_ids'], [unknown])
  const yen = { ...tea, variant_id: newId(), currency: 'JPY' }
  shop.stubs.offers = [tea, yen]
  const both = [tea, yen].map(({ variant_id }) => ({ variant_id, quantity: 1 }))
  expectProblem(await ask({ lines: both }), 409, 'mixed-currencies')
  expectProblem(await ask({ lines: [] }), 400, 'validation-failed')
})
