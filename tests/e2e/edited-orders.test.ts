import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AdminOrderView, OrderEdited } from '#ordering/schema'
import { crowd, eventually, expectProblem, expectResponse } from '#platform/testing'
import { openShop, staff, stockOf, type Shop } from './open-shop.ts'
import { goodsOf, orderBecomes, paymentsOf, placeOrder, press, toPickup, type OwnOrder } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** An order of two packets of tea that waits for its payment, and the variants of two teas. */
async function waiting() {
  const as = await shop.customer()
  const [tea, other] = await goodsOf(shop, 'teas')
  if (!tea || !other) throw new Error('Two teas must be in stock')
  const items = [{ variant_id: tea.variant_id, quantity: 2 }]
  const before = [await stockOf(shop, tea.variant_id), await stockOf(shop, other.variant_id)] as const
  const { id } = await placeOrder(shop, as, { ...toPickup, items })
  await orderBecomes(shop, { id, as }, 'processing')
  return { id, as, tea, other, before }
}

const edit = (id: string, items: readonly object[]) =>
  shop.send(staff, `PATCH /admin/orders/${id}`, { body: { items } })
const shown = async (id: string) =>
  expectResponse(await shop.send(staff, `GET /admin/orders/${id}`), 200, AdminOrderView)

/** Waits until the payment of the new total waits for the buyer. */
const paymentBecomes = (order: OwnOrder, amount: number, status = 'pending') =>
  eventually(async () => {
    const payment = (await paymentsOf(shop, order)).find((one) => one.status !== 'failed' && one.status !== 'refunded')
    assert.deepEqual([payment?.amount, payment?.status], [amount, status])
  })

test('staff change an unpaid order, and the buyer pays its new goods (ORD-7)', async () => {
  const { id, as, tea, other, before } = await waiting()
  const items = [
    { variant_id: tea.variant_id, quantity: 1 },
    { variant_id: other.variant_id, quantity: 3 },
  ]
  const { total_amount } = expectResponse(await edit(id, items), 200, OrderEdited)
  assert.equal(total_amount, tea.price + 3 * other.price)
  await eventually(async () => {
    assert.equal((await stockOf(shop, tea.variant_id)).reserved, before[0].reserved + 1)
    assert.equal((await stockOf(shop, other.variant_id)).reserved, before[1].reserved + 3)
  })
  await paymentBecomes({ id, as }, total_amount)
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  expectProblem(await edit(id, items.slice(1)), 409, 'order-not-editable')
  expectResponse(await shop.send(staff, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } }), 200)
  await eventually(async () => {
    assert.deepEqual(await stockOf(shop, tea.variant_id), { ...before[0], on_hand: before[0].on_hand - 1 })
    assert.deepEqual(await stockOf(shop, other.variant_id), { ...before[1], on_hand: before[1].on_hand - 3 })
  })
})

test('an edit and the payment of the buyer at once: the money is that of the order, or comes back (ORD-7, REL-5)', async () => {
  for (let round = 0; round < 3; round++) {
    const { id, as, tea, before } = await waiting()
    const [edited] = await Promise.all([
      edit(id, [{ variant_id: tea.variant_id, quantity: 1 }]),
      press(shop, id, 'approve'),
    ])
    if (edited.status === 200) {
      await paymentBecomes({ id, as }, tea.price)
      await press(shop, id, 'approve')
    }
    await orderBecomes(shop, { id, as }, 'shipping')
    const { total_amount } = await shown(id)
    assert.equal(total_amount, edited.status === 200 ? tea.price : 2 * tea.price)
    await paymentBecomes({ id, as }, total_amount, 'completed')
    expectResponse(await shop.send(staff, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } }), 200)
    const on_hand = before[0].on_hand - (edited.status === 200 ? 1 : 2)
    await eventually(async () => assert.deepEqual(await stockOf(shop, tea.variant_id), { ...before[0], on_hand }))
  }
})

test('an edit and a cancellation at once hold nothing in the end, and of two edits one is refused (ORD-7, REL-5)', async () => {
  const { id, as, tea, before } = await waiting()
  const edits = await crowd(2, (i) => edit(id, [{ variant_id: tea.variant_id, quantity: 3 + i }]))
  const statuses = edits.map((one) => (one.status === 'fulfilled' ? one.value.status : assert.fail(String(one.reason))))
  assert.ok(statuses.includes(200))
  assert.ok(statuses.every((status) => status === 200 || status === 409))
  await Promise.all([
    edit(id, [{ variant_id: tea.variant_id, quantity: 5 }]),
    shop.send(as, `POST /orders/${id}/cancel`),
  ])
  await orderBecomes(shop, { id, as }, 'cancelled')
  await eventually(async () => assert.deepEqual(await stockOf(shop, tea.variant_id), before[0]))
})
