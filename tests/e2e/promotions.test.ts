import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { CartView } from '#cart/schema'
import { OrderView } from '#ordering/schema'
import { PromotionView } from '#promotions/schema'
import { crowd, eventually, expectProblem, expectResponse } from '#platform/testing'
import { guest, openShop, staff, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, paymentsOf, placeOrder, press, toCourier, toPickup } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

const name = { ru: 'Скидка', en: 'Discount' }

async function createCoupon(body: object) {
  const code = `C-${randomUUID().slice(0, 8)}`.toUpperCase()
  const input = { body: { name, kind: 'percentage', percent: 10, code, ...body } }
  return expectResponse(await shop.send(staff, 'POST /admin/promotions', input), 201, PromotionView)
}
/** A quote of the delivery as the tests read it. */
type Quoted = Readonly<{
  methods: readonly Readonly<{
    method: string
    total_amount: number
    coupon_reason: string | null
    discounts: readonly Readonly<{ is_checked_at_order: boolean }>[]
  }>[]
}>
const usesOf = async (id: string) =>
  expectResponse(await shop.send(staff, `GET /admin/promotions/${id}`), 200, PromotionView).uses

test('a coupon goes from the cart through the order to the payment, and a cancelled order returns it (CAT-14, CART-4, DLV-4)', async () => {
  const coupon = await createCoupon({ max_uses: 1 })
  const { code } = coupon
  const tea = await firstOf(shop, 'teas')
  const lines = [{ variant_id: tea.variant_id, quantity: 2 }]
  const as = await shop.customer('Anna')
  expectResponse(await shop.send(as, 'POST /cart/items', { body: lines[0]! }), 200)
  const cart = expectResponse(await shop.send(as, 'PUT /cart/coupon', { body: { code } }), 200, CartView)
  assert.deepEqual(cart.coupon, { code, reason: null })
  const total = cart.totals[0]?.total_amount ?? 0
  assert.equal(total, tea.price * 2 - Math.round((tea.price * 2) / 10))
  const quote = await shop.send(as, 'POST /delivery/quote', {
    body: { address: toCourier.delivery_address, lines, coupon: code },
  })
  const { methods } = expectResponse(quote, 200) as { methods: { method: string; total_amount: number }[] }
  assert.equal(methods.find(({ method }) => method === 'courier')?.total_amount, total)

  const order = await placeOrder(shop, as, { ...toCourier, expected_total: total })
  assert.deepEqual([order.total_amount, order.coupon], [total, code])
  const own = { id: order.id, as }
  await orderBecomes(shop, own, 'processing')
  await eventually(async () => {
    const emptied = expectResponse(await shop.send(as, 'GET /cart'), 200, CartView)
    assert.deepEqual([emptied.items, emptied.coupon], [[], null])
  })
  await press(shop, order.id, 'approve')
  await orderBecomes(shop, own, 'shipping')
  assert.deepEqual(
    (await paymentsOf(shop, own)).map(({ amount, status }) => [amount, status]),
    [[total, 'completed']],
  )

  const other = await shop.customer('Boris')
  const body = { ...toPickup, items: lines, coupon: code }
  const refused = expectProblem(await shop.send(other, 'POST /orders', { body }), 409, 'coupon-not-applicable')
  assert.equal(refused['coupon_reason'], 'used-up')
  expectResponse(await shop.send(as, `POST /orders/${order.id}/cancel`), 200)
  await orderBecomes(shop, own, 'cancelled')
  await eventually(async () => assert.equal(await usesOf(coupon.id), 0))
  assert.equal((await placeOrder(shop, other, body)).coupon, code)
})

test('an order that a discount pays in full is sent without a payment (CAT-14, PAY-3)', async () => {
  const { code } = await createCoupon({ percent: 100, max_uses_per_buyer: 1 })
  const { variant_id } = await firstOf(shop, 'teas')
  const as = await shop.customer('Nina')
  const order = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }], coupon: code })
  assert.deepEqual([order.total_amount, order.payment.confirmation_url], [0, null])
  const own = { id: order.id, as }
  await orderBecomes(shop, own, 'shipping')
  const payments = await paymentsOf(shop, own)
  assert.deepEqual(
    payments.map(({ amount, status }) => [amount, status]),
    [[0, 'completed']],
  )
  expectResponse(await shop.send(as, `POST /orders/${order.id}/cancel`), 200)
  await orderBecomes(shop, own, 'cancelled')
})

test('a guest gets the quote of a new buyer, and her next order says what it costs (CAT-14, DLV-4)', async () => {
  const body = { name, kind: 'percentage', percent: 10, first_order: true }
  const promotion = expectResponse(await shop.send(staff, 'POST /admin/promotions', { body }), 201, PromotionView)
  const { variant_id, price } = await firstOf(shop, 'teas')
  const items = [{ variant_id, quantity: 1 }]
  const contact = { email: `vera-${randomUUID()}@example.org` }
  const quoted = async () => {
    const quote = await shop.send(guest, 'POST /delivery/quote', { body: { lines: items } })
    const pickup = (expectResponse(quote, 200) as Quoted).methods.find(({ method }) => method === 'pickup')
    return pickup ?? assert.fail('the quote has no pickup')
  }
  const discounted = price - Math.round(price / 10)
  await eventually(async () => assert.equal((await quoted()).total_amount, discounted))
  assert.deepEqual(
    (await quoted()).discounts.map(({ is_checked_at_order }) => is_checked_at_order),
    [true],
  )
  const orderFor = (expected_total: number) =>
    shop.send(guest, 'POST /orders', { body: { ...toPickup, items, contact, expected_total } })
  expectResponse(await orderFor(discounted), 201, OrderView)
  const refused = expectProblem(await orderFor(discounted), 409, 'price-changed')
  assert.deepEqual([refused['total_amount'], (await quoted()).total_amount], [price, discounted])
  expectResponse(await orderFor(price), 201, OrderView)
  expectResponse(await shop.send(staff, `PATCH /admin/promotions/${promotion.id}`, { body: { is_active: false } }), 200)
})

test('a request that places no order gets the same answer for the contact of a buyer and of a new one (CAT-14, SEC-1, A15)', async () => {
  const { code } = await createCoupon({ first_order: true })
  const { code: once } = await createCoupon({ max_uses_per_buyer: 1 })
  const { variant_id, price } = await firstOf(shop, 'teas')
  const items = [{ variant_id, quantity: 1 }]
  const known = {
    email: `zoya-${randomUUID()}@example.org`,
    phone: `+7 9${randomUUID().replaceAll(/\D/g, '1').slice(0, 9)}`,
  }
  for (const coupon of [code, once])
    expectResponse(
      await shop.send(guest, 'POST /orders', { body: { ...toPickup, items, contact: known, coupon } }),
      201,
    )

  const answerTo = async (body: object, as?: string): Promise<Record<string, unknown>> => {
    const { status, body: answer } = await shop.send(as, 'POST /orders', { body: { ...toPickup, items, ...body } })
    const { request_id: _, ...rest } = answer as Record<string, unknown>
    return { status, ...rest }
  }
  const unknown = { email: `new-${randomUUID()}@example.org`, phone: '+7 999 000-11-22' }
  for (const coupon of [code, once, undefined])
    for (const expected_total of [1, price + 1])
      for (const contact of [{ email: known.email }, { phone: known.phone }, known])
        assert.deepEqual(
          await answerTo({ contact, coupon, expected_total }),
          await answerTo({ contact: unknown, coupon, expected_total }),
          `${coupon} for ${expected_total}`,
        )
  // An account with an e-mail that it has not proven is no better than a guest who types it.
  const typed = { email: `lera-${randomUUID()}@example.org` }
  expectResponse(
    await shop.send(guest, 'POST /orders', { body: { ...toPickup, items, contact: typed, coupon: code } }),
    201,
  )
  const register = { email: typed.email, password: 'tea with jam on Sundays', name: 'Mallory' }
  const { access_token: as } = expectResponse(
    await shop.send(guest, 'POST /auth/register', { body: register }),
    201,
  ) as {
    access_token: string
  }
  const quote = await shop.send(as, 'POST /delivery/quote', { body: { lines: items, coupon: code } })
  const [pickup] = (expectResponse(quote, 200) as Quoted).methods
  assert.equal(pickup?.coupon_reason, null)
  const refused = await answerTo({ coupon: code, expected_total: 1 }, as)
  assert.deepEqual([refused['code'], refused['total_amount']], ['price-changed', price - Math.round(price / 10)])
})

test('thirty orders at once use a coupon for ten exactly ten times; the goods of the others are free (CAT-14, REL-5)', async () => {
  const { id, code } = await createCoupon({ max_uses: 10 })
  const { variant_id } = await firstOf(shop, 'flowers')
  const contact = (i: number) => ({ email: `guest-${i}-${randomUUID()}@example.org` })
  const settled = await crowd(30, (i) =>
    shop.send(guest, 'POST /orders', {
      body: { ...toPickup, items: [{ variant_id, quantity: 1 }], coupon: code, contact: contact(i) },
    }),
  )
  const statuses = settled.map((each) => (each.status === 'fulfilled' ? each.value.status : 0))
  assert.equal(statuses.filter((status) => status === 201).length, 10, statuses.join())
  assert.equal(await usesOf(id), 10)
})

test('free delivery pays the fee of the zone (CAT-14, DLV-4)', async () => {
  const zone = { name, places: ['Рязань'], fee: 30_000, position: 0 }
  const made = expectResponse(await shop.send(staff, 'POST /admin/delivery-zones', { body: zone }), 201)
  const { id: zone_id } = made as { id: string }
  const { code } = await createCoupon({ kind: 'free_delivery', percent: null })
  const { variant_id, price } = await firstOf(shop, 'teas')
  const items = [{ variant_id, quantity: 1 }]
  const as = await shop.customer('Vera')
  const toRyazan = { delivery_method: 'courier', delivery_address: 'Рязань, Ленина 1', items }
  const order = await eventually(async () => {
    const response = await shop.send(as, 'POST /orders', { body: { ...toRyazan, coupon: code } })
    return expectResponse(response, 201, OrderView)
  })
  assert.deepEqual(
    [order.delivery_fee, order.delivery_discount, order.discount_amount, order.total_amount],
    [30_000, 30_000, 30_000, price],
  )
  expectProblem(await shop.send(as, 'POST /orders', { body: { ...toCourier, items } }), 409, 'address-not-served')
  expectResponse(await shop.send(staff, `DELETE /admin/delivery-zones/${zone_id}`), 204)
})
