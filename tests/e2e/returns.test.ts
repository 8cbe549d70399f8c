import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { AdminReturnView, OrderReturns, ReturnView } from '#ordering/returns/schema'
import { PromotionView } from '#promotions/schema'
import { eventually, expectResponse } from '#platform/testing'
import { openShop, staff, stockOf, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, paymentsOf, placeOrder, press, toPickup, type OwnOrder } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

type Bought = OwnOrder & Readonly<{ variant_id: string; total: number; before: Awaited<ReturnType<typeof stockOf>> }>

/** A customer has received three packets of tea. */
async function bought(terms: object = {}): Promise<Bought> {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const level = await stockOf(shop, variant_id)
  const items = [{ variant_id, quantity: 3 }]
  const { id, total_amount: total } = await placeOrder(shop, as, { ...toPickup, items, ...terms })
  const order = { id, as, variant_id, total, before: level }
  await orderBecomes(shop, order, ['processing', 'shipping'])
  if (!('payment_method' in terms)) await press(shop, id, 'approve')
  await orderBecomes(shop, order, 'shipping')
  expectResponse(await shop.send(staff, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } }), 200)
  const [payment] = await eventually(async () => {
    const payments = await paymentsOf(shop, order)
    assert.equal(payments[0]?.status, 'completed')
    return payments
  })
  assert.equal(payment?.amount, total)
  await eventually(async () =>
    assert.deepEqual(await stockOf(shop, variant_id), { ...level, on_hand: level.on_hand - 3 }),
  )
  return order
}

const act = (id: string, action: string, body: object = {}) =>
  shop.send(staff, `POST /admin/order-returns/${id}/${action}`, { body })

/** Sends back pieces, all of them sellable, as far as the receipt, and returns the id of the return. */
async function received({ id, as, variant_id }: Bought, quantity: number): Promise<string> {
  const body = { items: [{ variant_id, quantity }], reason: 'It smells of smoke' }
  const returned = expectResponse(await shop.send(as, `POST /orders/${id}/returns`, { body }), 201, ReturnView)
  expectResponse(await act(returned.id, 'approve'), 200)
  const items = [{ variant_id, sellable: quantity }]
  expectResponse(await act(returned.id, 'receive', { items }), 200)
  return returned.id
}

const statusOf = async (id: string) =>
  expectResponse(await shop.send(staff, `GET /admin/order-returns/${id}`), 200, AdminReturnView).status
const ends = (id: string, statuses: readonly string[]) =>
  eventually(async () => assert.ok(statuses.includes(await statusOf(id))), { within: 10_000 })

async function createCoupon(percent: number) {
  const code = `R-${randomUUID().slice(0, 8)}`.toUpperCase()
  const name = { ru: 'Скидка', en: 'Discount' }
  const body = { name, kind: 'percentage', percent, code, returns_use_on_refund: true }
  return expectResponse(await shop.send(staff, 'POST /admin/promotions', { body }), 201, PromotionView)
}
const usesOf = async (id: string) =>
  expectResponse(await shop.send(staff, `GET /admin/promotions/${id}`), 200, PromotionView).uses

test('a discounted order comes back piece by piece: money to the kopeck, goods on hand, the coupon at the end (ORD-10, PAY-5)', async () => {
  const coupon = await createCoupon(7)
  const order = await bought({ coupon: coupon.code })
  let refunded = 0
  for (const [quantity, uses] of [
    [1, 1],
    [2, 0],
  ] as const) {
    const id = await received(order, quantity)
    const accepted = expectResponse(await act(id, 'refund'), 202, AdminReturnView)
    refunded += accepted.refund_amount ?? 0
    await ends(id, ['refunded'])
    const [payment] = await paymentsOf(shop, order)
    assert.equal(payment?.refunded_amount, refunded)
    await eventually(async () => assert.equal(await usesOf(coupon.id), uses))
  }
  assert.equal(refunded, order.total)
  assert.equal((await paymentsOf(shop, order))[0]?.status, 'refunded')
  await eventually(async () => assert.deepEqual(await stockOf(shop, order.variant_id), order.before))
  const { returnable } = expectResponse(await shop.send(order.as, `GET /orders/${order.id}/returns`), 200, OrderReturns)
  assert.deepEqual(returnable, [])
})

test('goods that were paid in cash are refunded in cash (ORD-10)', async () => {
  const order = await bought({ payment_method: 'cash_on_delivery' })
  const id = await received(order, 1)
  expectResponse(await act(id, 'refund'), 202)
  await ends(id, ['refunded'])
  const [payment] = await paymentsOf(shop, order)
  assert.deepEqual([payment?.status, payment?.refunded_amount], ['partially_refunded', order.total / 3])
})

test('a return and a refund of the whole payment by staff at once never refund more than was paid (ORD-10, PAY-5)', async () => {
  for (let round = 0; round < 3; round++) {
    const order = await bought()
    const id = await received(order, 3)
    const [payment] = await paymentsOf(shop, order)
    const byHand = { body: { reason: 'A gesture of goodwill', besides_return: true } }
    await Promise.all([act(id, 'refund'), shop.send(staff, `POST /admin/payments/${payment?.id}/refund`, byHand)])
    await ends(id, ['refunded', 'received'])
    const [after] = await paymentsOf(shop, order)
    assert.deepEqual([after?.status, after?.refunded_amount], ['refunded', order.total])
    // The refund by hand came first: staff end the return with nothing left to refund.
    if ((await statusOf(id)) === 'received') expectResponse(await act(id, 'refund', { amount: 0 }), 202)
    assert.equal(await statusOf(id), 'refunded')
  }
})
