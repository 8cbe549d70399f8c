import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CartView } from '#cart/schema'
import { Product } from '#catalog/products/schema'
import { ShipmentView, StaffShipmentView } from '#delivery/schema'
import { SignedInView } from '#identity/schema'
import { CancellationAccepted, OrderView } from '#ordering/schema'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { guest, openShop, staff, stockOf, type Shop } from './open-shop.ts'
import {
  firstOf,
  orderBecomes,
  password,
  payLinks,
  paymentsOf,
  placeOrder,
  press,
  shipmentOf,
  showOrder,
  toCourier,
  toPickup,
  uniqueEmail,
  type OwnOrder,
} from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** A new customer orders one packet of tea, to pay online. */
async function orderTea(): Promise<OwnOrder & { variant_id: string; before: object }> {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const before = await stockOf(shop, variant_id)
  const { id } = await placeOrder(shop, as, { ...toCourier, items: [{ variant_id, quantity: 1 }] })
  return { id, as, variant_id, before }
}

/** Orders tea, pays for it, and waits for the shipment. */
async function orderPaidTea() {
  const order = await orderTea()
  await orderBecomes(shop, order, 'processing')
  await press(shop, order.id, 'approve')
  await orderBecomes(shop, order, 'shipping')
  return order
}

const deliver = (shipment_id: string, body = {}) => shop.send(staff, `POST /delivery/${shipment_id}/deliver`, { body })
const cancel = ({ id, as }: OwnOrder) => shop.send(as, `POST /orders/${id}/cancel`)
const paymentStatusesOf = async (order: OwnOrder) => (await paymentsOf(shop, order)).map(({ status }) => status)

test('a customer registers, chooses, fills a cart, orders, pays and gets the parcel: thirteen steps (ORD-1, ORD-4)', async () => {
  // 1 registers  2 logs in
  const email = uniqueEmail('Anna')
  const credentials = { email, password }
  expectResponse(await shop.send(guest, 'POST /auth/register', { body: { ...credentials, name: 'Anna' } }), 201)
  const login = await shop.send(guest, 'POST /auth/login', { body: credentials })
  const { access_token: as } = expectResponse(login, 200, SignedInView)
  // 3 sees the list of teas  4 opens one product
  const tea = await firstOf(shop, 'teas')
  expectResponse(await shop.send(guest, `GET /catalog/products/${tea.id}`), 200, Product)
  const before = await stockOf(shop, tea.variant_id)
  // 5 fills the cart
  const line = { variant_id: tea.variant_id, quantity: 2 }
  expectResponse(await shop.send(as, 'POST /cart/items', { body: line }), 200, CartView)
  // 6 orders
  const placed = await placeOrder(shop, as, { ...toCourier, expected_total: tea.price * 2 })
  assert.equal(placed.status, 'created')
  assert.equal(placed.total_amount, tea.price * 2)
  assert.match(placed.number, /^2\d{3}-[2-9A-Z]{6}$/)
  const order = { id: placed.id, as }
  assert.equal(placed.payment.confirmation_url, payLinks.pathOf(order.id))
  // 7 the stock is held
  assert.equal((await stockOf(shop, tea.variant_id)).reserved, before.reserved + 2)
  // 8 the payment has started: the order is processing, and the cart is empty
  await orderBecomes(shop, order, 'processing')
  await eventually(async () => {
    assert.deepEqual(expectResponse(await shop.send(as, 'GET /cart'), 200, CartView).items, [])
  })
  // 9 the buyer pays  10 the order is paid and becomes shipping
  assert.ok((await press(shop, order.id, 'approve')) < 400)
  const shipping = await orderBecomes(shop, order, 'shipping')
  assert.equal(shipping.payment.status, 'completed')
  // 11 there is a shipment
  const shipment = await shipmentOf(shop, order)
  assert.equal(shipment.status, 'pending')
  // 12 staff deliver it
  expectResponse(await deliver(shipment.id), 200, StaffShipmentView)
  // 13 the order is fulfilled, and the held pieces are sold
  const fulfilled = await orderBecomes(shop, order, 'fulfilled')
  await eventually(async () =>
    assert.deepEqual(await stockOf(shop, tea.variant_id), { on_hand: before.on_hand - 2, reserved: before.reserved }),
  )
  const events = fulfilled.timeline.map(({ event }) => event).filter((event) => event.startsWith('order-'))
  assert.deepEqual(events, ['order-created', 'order-processing', 'order-paid', 'order-shipping', 'order-fulfilled'])
})

test('a guest fills a cart, orders it, pays by the link and picks the parcel up with its code (ORD-11, CART-2)', async () => {
  const { variant_id } = await firstOf(shop, 'bouquets')
  const added = await shop.send(guest, 'POST /cart/items', { body: { variant_id, quantity: 1 } })
  const headers = { 'x-cart-token': expectResponse(added, 200, CartView).cart_token ?? assert.fail() }
  const body = { ...toPickup, contact: { email: uniqueEmail('Vera') } }
  const placed = await shop.send(guest, 'POST /orders', { body, headers })
  const { id, link_token } = expectResponse(placed, 201, OrderView)
  const link = `/orders/by-link/${link_token}` as const
  await eventually(async () => {
    assert.deepEqual(expectResponse(await shop.send(guest, 'GET /cart', { headers }), 200, CartView).items, [])
    assert.equal(expectResponse(await shop.send(guest, `GET ${link}`), 200, OrderView).status, 'processing')
  })
  assert.ok((await press(shop, id, 'approve')) < 400)
  const shipment = await eventually(async () =>
    expectResponse(await shop.send(guest, `GET ${link}/shipment`), 200, ShipmentView),
  )
  expectResponse(await deliver(shipment.id, { code: shipment.pickup_code }), 200)
  await eventually(async () =>
    assert.equal(expectResponse(await shop.send(guest, `GET ${link}`), 200, OrderView).status, 'fulfilled'),
  )
})

test('an order with cash on delivery is shipped unpaid, and paid when the parcel is delivered (PAY-3)', async () => {
  const as = await shop.customer()
  const { id: flower_id } = await firstOf(shop, 'flowers')
  const body = { ...toCourier, payment_method: 'cash_on_delivery', items: [{ flower_id, quantity: 3 }] }
  const order = { id: (await placeOrder(shop, as, body)).id, as }
  const shipping = await orderBecomes(shop, order, 'shipping')
  assert.equal(shipping.payment.confirmation_url, null)
  expectResponse(await deliver((await shipmentOf(shop, order)).id), 200)
  await orderBecomes(shop, order, 'fulfilled')
  await eventually(async () => assert.deepEqual(await paymentStatusesOf(order), ['completed']))
})

test('staff hand over an order at the pickup point only for its code (DLV-3)', async () => {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'bouquets')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  await orderBecomes(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  const { id: shipment_id, status, pickup_code } = await shipmentOf(shop, { id, as })
  assert.equal(status, 'ready_for_pickup')
  assert.match(pickup_code ?? '', /^\d{6}$/)
  const otherCode = pickup_code === '000000' ? '000001' : '000000'
  expectProblem(await deliver(shipment_id, { code: otherCode }), 409, 'wrong-code')
  expectResponse(await deliver(shipment_id, { code: pickup_code }), 200)
  await orderBecomes(shop, { id, as }, 'fulfilled')
})

test('after the bank declined, the order keeps its goods, and the buyer pays again (F-40, ORD-4)', async () => {
  const { before: _, variant_id, ...order } = await orderTea()
  await orderBecomes(shop, order, 'processing')
  const held = await stockOf(shop, variant_id)
  await press(shop, order.id, 'decline')
  const declined = await eventually(async () => {
    const shown = await showOrder(shop, order)
    assert.equal(shown.payment.status, 'failed')
    return shown
  })
  assert.deepEqual([declined.status, declined.reason], ['processing', null])
  assert.ok(declined.timeline.some(({ event }) => event === 'payment-declined'))
  assert.deepEqual(await stockOf(shop, variant_id), held)
  assert.ok((await press(shop, order.id, 'again')) < 400)
  await press(shop, order.id, 'approve')
  assert.equal((await orderBecomes(shop, order, 'shipping')).payment.status, 'completed')
})

test('an order and its payment show one status in every state (F-21)', async () => {
  const order = await orderTea()
  const bothShow = async (expected: string) =>
    await eventually(async () => {
      const [payment] = await paymentsOf(shop, order)
      const shown = await showOrder(shop, order)
      const own = [shown.payment.id, shown.payment.status, shown.payment.confirmation_url]
      assert.deepEqual(own, [payment?.id, expected, payment?.confirmation_url])
      assert.equal(payment?.status, expected)
    })
  await orderBecomes(shop, order, 'processing')
  await bothShow('pending')
  await press(shop, order.id, 'wait')
  await bothShow('processing')
  await press(shop, order.id, 'decline')
  await bothShow('failed')
  await press(shop, order.id, 'again')
  await bothShow('pending')
  await press(shop, order.id, 'approve')
  await orderBecomes(shop, order, 'shipping')
  await bothShow('completed')
  const [payment] = await paymentsOf(shop, order)
  const refund = { body: { amount: 100, reason: 'broken cup' } }
  expectResponse(await shop.send(staff, `POST /admin/payments/${payment?.id}/refund`, refund), 201)
  await bothShow('partially_refunded')
  expectResponse(await cancel(order), 200, CancellationAccepted)
  await bothShow('refunded')
})

test('an order that is cancelled before it is paid ends at once and cannot be paid (ORD-3, PAY-6)', async () => {
  const order = await orderTea()
  expectResponse(await cancel(order), 200, CancellationAccepted)
  const cancelled = await orderBecomes(shop, order, 'cancelled')
  assert.equal(cancelled.reason, 'customer')
  assert.equal(expectResponse(await cancel(order), 200, CancellationAccepted).cancelling, false)
  await press(shop, order.id, 'approve')
  assert.ok((await paymentStatusesOf(order)).every((status) => status === 'failed'))
})

test('the cancellation of a paid order refunds the money and cancels the shipment (ORD-3)', async () => {
  const { before, variant_id, ...order } = await orderPaidTea()
  assert.equal(expectResponse(await cancel(order), 200, CancellationAccepted).cancelling, true)
  const cancelled = await orderBecomes(shop, order, 'cancelled')
  assert.equal(cancelled.payment.status, 'refunded')
  assert.equal((await shipmentOf(shop, order)).status, 'cancelled')
  await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
})

test('the goods of an order that staff refund in full stay in the shop (PAY-5, ORD-4)', async () => {
  const { before, variant_id, ...order } = await orderPaidTea()
  const { id: shipment_id } = await shipmentOf(shop, order)
  const [payment] = await paymentsOf(shop, order)
  const refund = { body: { reason: 'the buyer changed her mind' } }
  expectResponse(await shop.send(staff, `POST /admin/payments/${payment?.id}/refund`, refund), 201)
  const { reason, payment: shown, timeline } = await orderBecomes(shop, order, 'cancelled')
  assert.deepEqual([reason, shown.status], ['refunded', 'refunded'])
  assert.equal(timeline.filter(({ event }) => event === 'payment-refunded').length, 1)
  assert.equal((await shipmentOf(shop, order)).status, 'cancelled')
  const handedOver = { body: { status: 'handed_over' } }
  const answer = await shop.send(staff, `POST /admin/shipments/${shipment_id}/status`, handedOver)
  expectProblem(answer, 409, 'shipment-status-not-allowed')
  await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
})

test('an order whose parcel the carrier has cannot be cancelled (ORD-3)', async () => {
  const order = await orderPaidTea()
  const shipment = await shipmentOf(shop, order)
  const handedOver = { body: { status: 'handed_over' } }
  expectResponse(await shop.send(staff, `POST /admin/shipments/${shipment.id}/status`, handedOver), 200)
  await eventually(async () => expectProblem(await cancel(order), 409, 'too-late-to-cancel'))
  expectResponse(await deliver(shipment.id), 200)
  await orderBecomes(shop, order, 'fulfilled')
  assert.equal((await showOrder(shop, order)).may_cancel, false)
})
