import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, expectProblem, expectResponse, guest, raceFor, responseOf } from '#platform/testing'
import { sql } from 'kysely'
import { newId } from '#platform/values'
import type { Quote, QuoteInput, RedeemInput } from '#promotions/api'
import { quoteWithout } from '#promotions/quote'
import { OrderView } from '../schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ limits: { maxOpenOrders: 5, maxHeldPerVariant: 0 } })
})
let redeemed: RedeemInput[] = []
beforeEach(() => {
  redeemed = []
  shop.expired.length = 0
  shop.withdrawn.length = 0
  shop.stubs.cartCoupon = null
  delete shop.stubs.quote
  shop.stubs.redeem = async (input) => {
    redeemed.push(input)
    return { kind: 'redeemed', quote: discounted(input) }
  }
})
after(() => shop.close())

const promotion_id = newId()
const name = { ru: 'Чай', en: 'Tea' }

/** A coupon gives a tenth of the goods. */
function discounted(input: QuoteInput): Quote {
  const quote = quoteWithout(input)
  if (input.coupon === null) return quote
  const line_discounts = input.lines.map(({ price, quantity }) => (price * quantity) / 10)
  const discount_amount = quote.items_amount / 10
  return {
    ...quote,
    discount_amount,
    total_amount: quote.total_amount - discount_amount,
    line_discounts,
    applied: [{ promotion_id, amount: discount_amount }],
    discounts: [
      {
        promotion_id,
        code: input.coupon,
        name,
        kind: 'percentage',
        amount: discount_amount,
        is_checked_at_order: false,
      },
    ],
    coupon: { code: input.coupon, reason: null },
  }
}

let people = 0
const buyer = () => ({ ...anna, user_id: newId(), email: `anna-${people++}@example.com` })
const pickup = { delivery_method: 'pickup', items: teaItems(2) }
const place = (caller: ReturnType<typeof buyer>, body: object) => shop.send(caller, 'POST /orders', { body })

test('an order keeps the discount of each line and its promotions; the payment asks the discounted sum (CAT-14, ORD-1)', async () => {
  const caller = buyer()
  const recipient_phone = '+7 912 345-67-89'
  const order = await shop.place(caller, { ...pickup, coupon: 'TEA10', expected_total: 90_000, recipient_phone })
  assert.deepEqual(
    [order.items_amount, order.discount_amount, order.delivery_fee, order.total_amount, order.coupon],
    [100_000, 10_000, 0, 90_000, 'TEA10'],
  )
  assert.deepEqual(order.discounts, [{ promotion_id, code: 'TEA10', name: 'Tea', amount: 10_000 }])
  assert.deepEqual([order.items[0]?.discount_amount, order.items[0]?.total], [10_000, 90_000])
  assert.deepEqual(await shop.show(caller, order.id), order)
  const [request] = await shop.published(order.id, 'ordering.payment-requested.v1')
  assert.equal(request?.data.amount, 90_000)
  const [created] = await shop.published(order.id, 'ordering.order-created.v1')
  assert.deepEqual([created?.data.coupon, created?.data.discount_amount], ['TEA10', 10_000])
  assert.deepEqual(redeemed[0]?.buyer, {
    user_id: caller.user_id,
    email: caller.email,
    phone: recipient_phone,
    is_verified: false,
  })
  const live = await shop.module.api.promotionsOf([order.id, newId()])
  assert.deepEqual(live, [{ order_id: order.id, promotion_ids: [promotion_id] }])
})

test('a guest orders with a coupon, which counts by the contact (CAT-14, ORD-11)', async () => {
  const contact = { email: 'vera@example.org' }
  const body = { ...pickup, coupon: 'TEA10', contact }
  const order = expectResponse(await shop.send(guest, 'POST /orders', { body }), 201, OrderView)
  assert.equal(order.total_amount, 90_000)
  assert.deepEqual(redeemed[0]?.buyer, { user_id: null, email: 'vera@example.org', phone: null, is_verified: false })
  const hasOrdered = (email: string) => shop.module.api.hasOrdered({ user_id: null, email })
  assert.deepEqual([await hasOrdered('VERA@example.org'), await hasOrdered('zoya@example.org')], [true, false])
})

test('an account has ordered until its only order is cancelled (CAT-14)', async () => {
  const caller = buyer()
  const hasOrdered = () => shop.module.api.hasOrdered({ user_id: caller.user_id, email: null })
  assert.equal(await hasOrdered(), false)
  const { id } = await shop.place(caller, pickup)
  assert.equal(await hasOrdered(), true)
  await sql`update ordering.orders set status = 'cancelled', cancelled_at = now(), reason = 'customer' where id = ${id}`.execute(
    shop.db,
  )
  assert.equal(await hasOrdered(), false)
  assert.deepEqual(await shop.module.api.promotionsOf([id]), [])
})

test('the expected total is compared after the discount; a refused order returns its uses and its goods (ORD-1, CAT-14)', async () => {
  shop.stubs.quote = async (input) => discounted(input)
  const problem = expectProblem(
    await place(buyer(), { ...pickup, coupon: 'TEA10', expected_total: 100_000 }),
    409,
    'price-changed',
  )
  assert.equal(problem['total_amount'], 90_000)
  assert.deepEqual([shop.withdrawn.length, shop.expired.length], [1, 1])
  assert.deepEqual(shop.withdrawn, shop.expired)
})

test('a coupon that gives nothing refuses the order, says why, and frees the goods (CAT-14)', async () => {
  shop.stubs.redeem = async () => ({
    kind: 'refused',
    reason: 'coupon-not-applicable',
    coupon_reason: 'below-minimum',
  })
  const problem = expectProblem(await place(buyer(), { ...pickup, coupon: 'TEA10' }), 409, 'coupon-not-applicable')
  assert.equal(problem['coupon_reason'], 'below-minimum')
  assert.deepEqual([shop.withdrawn.length, shop.expired.length], [0, 1])
  shop.stubs.redeem = async () => ({ kind: 'refused', reason: 'coupon-unknown' })
  expectProblem(await place(buyer(), { ...pickup, coupon: 'TEA11' }), 409, 'coupon-unknown')
  shop.stubs.redeem = async () => ({ kind: 'refused', reason: 'too-many-coupons', retry_after: 9 })
  expectProblem(await place(buyer(), { ...pickup, coupon: 'TEA12' }), 429, 'too-many-coupons')
})

test('a refusal shows what a contact has ordered only to an order that would be placed otherwise (CAT-14, A15)', async () => {
  const reasons = ['not-first-order', 'used-up-by-you'] as const
  shop.stubs.quote = async (input) => discounted(input)
  const guestOrder = (body: object) =>
    shop.send(guest, 'POST /orders', { body: { ...pickup, contact: { email: 'vera@example.org' }, ...body } })
  for (const coupon_reason of reasons) {
    shop.stubs.redeem = async () => ({ kind: 'refused', reason: 'coupon-not-applicable', coupon_reason })
    const unseen = expectProblem(await guestOrder({ coupon: 'TEA10', expected_total: 1 }), 409, 'price-changed')
    assert.equal(unseen['total_amount'], 90_000)
    const seen = expectProblem(
      await guestOrder({ coupon: 'TEA10', expected_total: 90_000 }),
      409,
      'coupon-not-applicable',
    )
    assert.equal(seen['coupon_reason'], coupon_reason)
  }
  shop.stubs.redeem = async (input) => ({ kind: 'redeemed', quote: quoteWithout(input) })
  const totalAfter = async (expected_total: number) =>
    expectProblem(await guestOrder({ coupon: 'TEA10', expected_total }), 409, 'price-changed')['total_amount']
  assert.deepEqual([await totalAfter(1), await totalAfter(90_000)], [90_000, 100_000])

  // A buyer who may not order at all learns nothing, whatever total she names.
  const other = { remoteAddress: '203.0.113.77' }
  const order = async (body: object) => {
    const payload = { ...pickup, contact: { email: `w${newId()}@example.org` }, ...body }
    const response = await shop.http.inject({ method: 'POST', url: '/api/v1/orders', payload, ...other })
    return responseOf('POST /orders', response)
  }
  for (let n = 0; n < 5; n++) expectResponse(await order({ expected_total: 100_000 }), 201)
  expectProblem(await order({ coupon: 'TEA10', expected_total: 90_000 }), 409, 'too-many-open-orders')
  shop.stubs.redeem = async () => ({
    kind: 'refused',
    reason: 'coupon-not-applicable',
    coupon_reason: 'not-first-order',
  })
  expectProblem(await order({ coupon: 'TEA10' }), 409, 'too-many-open-orders')
})

test('the coupon of the cart is used by an order from the cart, and is not required (CART-4, ORD-1)', async () => {
  shop.stubs.cartCoupon = 'TEA10'
  shop.stubs.cart = teaItems(1)
  const fromCart = await shop.place(buyer(), { delivery_method: 'pickup' })
  assert.deepEqual([fromCart.coupon, fromCart.total_amount], ['TEA10', 45_000])
  const other = await shop.place(buyer(), { delivery_method: 'pickup', coupon: 'OTHER' })
  assert.equal(other.coupon, 'OTHER')
  const listed = await shop.place(buyer(), pickup)
  assert.deepEqual([listed.coupon, listed.discount_amount], [null, 0])
  assert.deepEqual(
    redeemed.map(({ coupon, requiresCoupon }) => [coupon, requiresCoupon]),
    [
      ['TEA10', false],
      ['OTHER', true],
      [null, false],
    ],
  )
})

test('an order that is refused in its transaction returns its uses; a repeat of a placed order does not (ORD-12, CAT-14)', async () => {
  const caller = buyer()
  for (let i = 0; i < 4; i++) await shop.place(caller, { ...pickup, coupon: 'TEA10' })
  const outcomes = await raceFor(shop.db, {
    lock: sql`select pg_advisory_xact_lock(hashtextextended(${`ordering:account:${caller.user_id}`}, 0))`,
    waiting: 2,
    start: () =>
      Promise.all([place(caller, { ...pickup, coupon: 'TEA10' }), place(caller, { ...pickup, coupon: 'TEA10' })]),
  })
  assert.deepEqual(
    outcomes.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 409],
  )
  assert.equal(shop.withdrawn.length, 1)
  shop.withdrawn.length = 0
  const other = buyer()
  const body = { ...pickup, id: newId(), coupon: 'TEA10' }
  const [first, second] = await Promise.all([place(other, body), place(other, body)])
  assert.deepEqual([first.status, second.status, shop.withdrawn], [201, 201, []])
})

test('a courier costs the fee of the zone, which is part of the total and of the payment (DLV-4, ORD-1)', async () => {
  const courier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 12', items: teaItems(2) }
  shop.stubs.feeOf = ({ delivery_address, items_amount }) => {
    assert.deepEqual([delivery_address, items_amount], ['Коломна, Посадская 12', 100_000])
    return { kind: 'quoted', fee: 30_000 }
  }
  const order = await shop.place(buyer(), { ...courier, coupon: 'TEA10', expected_total: 120_000 })
  assert.deepEqual([order.delivery_fee, order.discount_amount, order.total_amount], [30_000, 10_000, 120_000])
  assert.equal(redeemed[0]?.delivery_fee, 30_000)
  const [request] = await shop.published(order.id, 'ordering.payment-requested.v1')
  assert.equal(request?.data.amount, 120_000)
  shop.stubs.feeOf = () => assert.fail('pickup asks for no fee')
  assert.equal((await shop.place(buyer(), pickup)).delivery_fee, 0)
  shop.stubs.feeOf = () => ({ kind: 'refused', reason: 'address-not-served' })
  expectProblem(await place(buyer(), courier), 409, 'address-not-served')
  const minimum = { reason: 'below-delivery-minimum', minimum_total: 200_000, currency: 'RUB' } as const
  shop.stubs.feeOf = () => ({ kind: 'refused', ...minimum })
  const problem = expectProblem(await place(buyer(), courier), 409, 'below-delivery-minimum')
  assert.equal(problem['minimum_total'], 200_000)
  assert.equal(shop.expired.length, 2, 'the goods of refused orders are free')
  delete shop.stubs.feeOf
})

test('the database refuses an order whose total is not its discounted sum (ORD-1, CAT-14)', async () => {
  const { id } = await shop.place(buyer(), { ...pickup, coupon: 'TEA10' })
  for (const change of [
    'total_amount = total_amount - 1',
    'discount_amount = items_amount + 1, total_amount = -1',
    'delivery_discount = 1',
  ])
    await assert.rejects(shop.pool.query(`update ordering.orders set ${change} where id = $1`, [id]), /violates check/)
  await assert.rejects(
    shop.pool.query('update ordering.lines set discount_amount = price * quantity + 1 where order_id = $1', [id]),
    /violates check/,
  )
})
