import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { orderCreated } from '#ordering/events'
import type { Caller } from '#platform/access'
import { anna, boris, crowd, customer, expectProblem, expectResponse, guest, statementsOf } from '#platform/testing'
import { newId } from '#platform/values'
import type { Quote, QuoteInput } from '#promotions/api'
import { CartView } from '../schema.ts'
import { openCartTest, withoutDiscount, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
beforeEach(() => {
  shop.stubs.quote = tenPercent
  delete shop.stubs.findCoupon
})
after(() => shop.close())

const discount = {
  promotion_id: newId(),
  name: { ru: 'Чай', en: 'Tea' },
  kind: 'percentage',
  is_checked_at_order: false,
} as const

/** TEA10 gives a tenth. */
function tenPercent(input: QuoteInput): Quote | undefined {
  if (input.coupon !== 'TEA10') return undefined
  const quote = withoutDiscount(input)
  const line_discounts = input.lines.map(({ price, quantity }) => (price * quantity) / 10)
  const discount_amount = quote.items_amount / 10
  return {
    ...quote,
    discount_amount,
    line_discounts,
    discounts: [{ ...discount, code: 'TEA10', amount: discount_amount }],
    coupon: { code: 'TEA10', reason: null },
  }
}

const headersOf = (token?: string): Record<string, string> => (token === undefined ? {} : { 'x-cart-token': token })
const put = (caller: Caller, code: string, token?: string) =>
  shop.send(caller, 'PUT /cart/coupon', { body: { code }, headers: headersOf(token) })
const applied = async (caller: Caller, code: string, token?: string) =>
  expectResponse(await put(caller, code, token), 200, CartView)

test('a coupon in the cart shows its discount on each line and in the total, until it is removed (CART-4)', async () => {
  const [variant_id = ''] = await shop.sellTea({ price: 50_000 })
  await shop.added(anna, { variant_id, quantity: 2 })
  const cart = await applied(anna, 'tea10')
  assert.deepEqual(cart.coupon, { code: 'TEA10', reason: null })
  assert.deepEqual(cart.discounts, [
    { promotion_id: discount.promotion_id, code: 'TEA10', name: 'Tea', amount: 10_000, is_checked_at_order: false },
  ])
  const discounted = { items_amount: 100_000, discount_amount: 10_000, total_amount: 90_000, currency: 'RUB' }
  assert.deepEqual([cart.totals, cart.items[0]?.discount_amount], [[discounted], 10_000])
  assert.deepEqual(await shop.show(anna), cart)
  const more = await shop.added(anna, { variant_id, quantity: 1 })
  assert.equal(more.totals[0]?.discount_amount, 15_000)
  const changed = await shop.send(anna, `PATCH /cart/items/${variant_id}`, { body: { quantity: 2 } })
  assert.deepEqual(expectResponse(changed, 200, CartView), cart)
  assert.equal((await shop.module.api.linesOf(anna.user_id)).coupon, 'TEA10')
  for (let i = 0; i < 2; i++) {
    const removed = expectResponse(await shop.send(anna, 'DELETE /cart/coupon'), 200, CartView)
    assert.deepEqual([removed.coupon, removed.totals[0]?.total_amount], [null, 100_000])
  }
})

test('a coupon that gives nothing today stays in the cart and says why (CART-4)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const buyer = customer(1)
  await shop.added(buyer, { variant_id, quantity: 1 })
  assert.deepEqual((await applied(buyer, 'LATER')).coupon, { code: 'LATER', reason: 'below-minimum' })
  assert.equal((await shop.show(buyer)).coupon?.reason, 'below-minimum')
})

test('an unknown coupon changes nothing, and too many of them are refused (CART-4)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const buyer = customer(2)
  await shop.added(buyer, { variant_id, quantity: 1 })
  await applied(buyer, 'TEA10')
  shop.stubs.findCoupon = () => ({ kind: 'refused', reason: 'coupon-unknown' })
  expectProblem(await put(buyer, 'GUESS'), 409, 'coupon-unknown')
  shop.stubs.findCoupon = () => ({ kind: 'refused', reason: 'too-many-coupons', retry_after: 60 })
  const refused = await put(buyer, 'GUESS')
  expectProblem(refused, 429, 'too-many-coupons')
  assert.equal(refused.headers['retry-after'], '60')
  assert.equal((await shop.show(buyer)).coupon?.code, 'TEA10')
  expectProblem(await put(buyer, ''), 400, 'validation-failed')
})

test('a guest uses a coupon before the first item, and takes it along when she signs in (CART-2, CART-4)', async () => {
  const { cart_token, coupon } = await applied(guest, 'TEA10')
  assert.deepEqual(coupon, { code: 'TEA10', reason: 'not-for-these-goods' })
  const token = cart_token ?? assert.fail('a guest got no token')
  const [variant_id = ''] = await shop.sellTea({ price: 50_000 })
  const added = await shop.added(guest, { variant_id, quantity: 1 }, token)
  assert.equal(added.totals[0]?.total_amount, 45_000)
  assert.equal((await shop.module.api.guestCartOf(token)).coupon, 'TEA10')
  const merged = await shop.show(boris, token)
  assert.deepEqual(merged.coupon, { code: 'TEA10', reason: null })
})

test('the coupon of the account wins over the one of the guest (CART-2, CART-4)', async () => {
  const buyer = customer(3)
  await applied(buyer, 'MINE')
  const { cart_token } = await applied(guest, 'TEA10')
  assert.equal((await shop.show(buyer, cart_token ?? '')).coupon?.code, 'MINE')
})

test('many changes of the coupon at once end with one of them, and open one cart (CART-4)', async () => {
  const buyer = customer(4)
  const settled = await crowd(20, (i) => applied(buyer, `CODE-${i}`))
  assert.ok(settled.every(({ status }) => status === 'fulfilled'))
  assert.match((await shop.show(buyer)).coupon?.code ?? '', /^CODE-/)
})

test('a coupon changes no version of the lines, so that two orders cannot take the same lines (CART-5)', async () => {
  const buyer = customer(5)
  const [variant_id = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id, quantity: 1 })
  const { version } = await shop.module.api.linesOf(buyer.user_id)
  await applied(buyer, 'TEA10')
  expectResponse(await shop.send(buyer, 'DELETE /cart/coupon'), 200)
  assert.equal((await shop.module.api.linesOf(buyer.user_id)).version, version)
})

test('an order takes the coupon that it used out of the cart, and leaves another one (CART-5)', async () => {
  const buyer = customer(6)
  const [variant_id = ''] = await shop.sellTea()
  const orderWith = (coupon: string | null) =>
    shop.publish(
      orderCreated({
        order_id: newId(),
        number: '2026-7K3M9Q',
        user_id: buyer.user_id,
        items: [{ product_id: newId(), sku: 'tea', title: 'Tea', price: 100, variant_id, quantity: 1 }],
        total_amount: 100,
        coupon,
        currency: 'RUB',
        payment_method: 'online',
        delivery_method: 'pickup',
        from_cart: true,
      }),
    )
  await shop.added(buyer, { variant_id, quantity: 5 })
  await applied(buyer, 'TEA10')
  for (const other of [null, 'OTHER']) {
    await orderWith(other)
    await shop.deliver()
    assert.equal((await shop.show(buyer)).coupon?.code, 'TEA10')
  }
  await orderWith('TEA10')
  await shop.deliver()
  assert.equal((await shop.show(buyer)).coupon, null)
  assert.equal((await shop.module.api.linesOf(buyer.user_id)).lines[0]?.quantity, 2)
})

test('an emptied cart has no coupon (CART-4)', async () => {
  const buyer = customer(7)
  await applied(buyer, 'TEA10')
  expectResponse(await shop.send(buyer, 'DELETE /cart'), 200)
  assert.equal((await shop.show(buyer)).coupon, null)
})

test('a change of the coupon is one statement of the cart (CART-4, PERF-2)', async () => {
  const buyer = customer(8)
  const statements = await statementsOf(async () => void (await applied(buyer, 'TEA10')))
  assert.equal(statements.filter(({ text }) => /\bcart\./.test(text)).length, 1)
})

test('the cart of an account is priced for its proven e-mail; that of a guest, or with an unproven e-mail, for none (CART-4, A15)', async () => {
  const emails: (string | null)[] = []
  shop.stubs.quote = ({ buyer }) => void emails.push(buyer.email)
  const someone = { ...customer(77), is_verified: true }
  const [variant_id = ''] = await shop.sellTea({})
  await shop.added(someone, { variant_id, quantity: 1 })
  await applied(someone, 'first')
  await shop.show(someone)
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 1 })
  const merged = await shop.send(someone, 'POST /cart/merge', { body: { cart_token } })
  expectResponse(merged, 200, CartView)
  assert.deepEqual(emails, [someone.email, someone.email, someone.email, null, someone.email])
  await shop.show({ ...someone, is_verified: false })
  assert.equal(emails.at(-1), null)
})
