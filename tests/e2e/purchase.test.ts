import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { eventually } from '#platform/testing'
import { arrives, onShelf, openShop, press, staff, stockOf, type Shop } from './open-shop.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

const courier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3' }

test('a customer registers, looks, fills a cart, orders, pays, and has the parcel: thirteen steps (ORD-1, ORD-4)', async () => {
  // 1 registers  2 logs in
  const email = `anna-${randomUUID()}@example.org`
  const password = 'oolong and peonies 7'
  assert.equal((await shop.ask('POST', '/auth/register', { body: { email, password, name: 'Anna' } })).status, 201)
  const login = await shop.ask('POST', '/auth/login', { body: { email, password } })
  assert.equal(login.status, 200)
  const as = login.body.access_token
  // 3 looks at the shelves  4 at one product
  const [tea] = await onShelf(shop, 'teas')
  assert.ok(tea)
  const shown = await shop.ask('GET', `/catalog/products/${tea.id}`)
  assert.equal(shown.status, 200)
  const before = await stockOf(shop, tea.variant_id)
  // 5 fills the cart
  const cart = await shop.ask('POST', '/cart/items', { as, body: { variant_id: tea.variant_id, quantity: 2 } })
  assert.equal(cart.status, 200, JSON.stringify(cart.body))
  // 6 orders
  const placed = await shop.ask('POST', '/orders', { as, body: { ...courier, expected_total: tea.price * 2 } })
  assert.equal(placed.status, 201, JSON.stringify(placed.body))
  assert.equal(placed.body.status, 'created')
  assert.equal(placed.body.total_amount, tea.price * 2)
  assert.match(placed.body.number, /^2\d{3}-[2-9A-Z]{6}$/)
  const { id } = placed.body
  assert.equal(placed.body.payment.confirmation_url, `/pay/${id}`)
  // 7 the stock is held
  assert.equal((await stockOf(shop, tea.variant_id)).reserved, before.reserved + 2)
  // 8 payment is started: the order is processing, and the cart is empty
  await arrives(shop, { id, as }, 'processing')
  await eventually(async () => assert.deepEqual((await shop.ask('GET', '/cart', { as })).body.items, []))
  // 9 the buyer pays  10 the order is paid and goes to shipping
  assert.ok((await press(shop, id, 'approve')) < 400)
  const shipping = await arrives(shop, { id, as }, 'shipping')
  assert.equal(shipping.payment.status, 'completed')
  // 11 there is a shipment
  const shipment = await shop.ask('GET', `/delivery/order/${id}`, { as })
  assert.equal(shipment.body.status, 'pending')
  // 12 staff delivers it
  assert.equal((await shop.ask('POST', `/delivery/${shipment.body.id}/deliver`, { as: staff, body: {} })).status, 200)
  // 13 the order is fulfilled and the hold has become a sale
  const done = await arrives(shop, { id, as }, 'fulfilled')
  await eventually(async () =>
    assert.deepEqual(await stockOf(shop, tea.variant_id), { on_hand: before.on_hand - 2, reserved: before.reserved }),
  )
  const moves = done.timeline
    .map((entry: { event: string }) => entry.event)
    .filter((event: string) => event.startsWith('order-'))
  assert.deepEqual(moves, ['order-created', 'order-processing', 'order-paid', 'order-shipping', 'order-fulfilled'])
})

test('cash on delivery: shipped unpaid, paid when the parcel is handed over (PAY-3)', async () => {
  const as = await shop.customer()
  const [flower] = await onShelf(shop, 'flowers')
  const body = { ...courier, payment_method: 'cash_on_delivery', items: [{ flower_id: flower?.id, quantity: 3 }] }
  const { id } = (await shop.ask('POST', '/orders', { as, body })).body
  const shipping = await arrives(shop, { id, as }, 'shipping')
  assert.equal(shipping.payment.confirmation_url, null)
  const shipment = (await shop.ask('GET', `/delivery/order/${id}`, { as })).body
  assert.equal((await shop.ask('POST', `/delivery/${shipment.id}/deliver`, { as: staff, body: {} })).status, 200)
  await arrives(shop, { id, as }, 'fulfilled')
  await eventually(async () => {
    const payments = (await shop.ask('GET', `/payments/order/${id}`, { as })).body
    assert.deepEqual(
      [payments.items ?? payments].flat().map((payment: { status: string }) => payment.status),
      ['completed'],
    )
  })
})

test('pickup: a code is ready at the point, staff hands the order over against it (DLV-3)', async () => {
  const as = await shop.customer()
  const [bouquet] = await onShelf(shop, 'bouquets')
  const body = { delivery_method: 'pickup', items: [{ variant_id: bouquet?.variant_id, quantity: 1 }] }
  const { id } = (await shop.ask('POST', '/orders', { as, body })).body
  await arrives(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await arrives(shop, { id, as }, 'shipping')
  const shipment = (await shop.ask('GET', `/delivery/order/${id}`, { as })).body
  assert.equal(shipment.status, 'ready_for_pickup')
  assert.match(shipment.pickup_code, /^\d{6}$/)
  const deliver = (code: string) => shop.ask('POST', `/delivery/${shipment.id}/deliver`, { as: staff, body: { code } })
  const wrong = shipment.pickup_code === '000000' ? '000001' : '000000'
  assert.equal((await deliver(wrong)).status, 409)
  assert.equal((await deliver(shipment.pickup_code)).status, 200)
  await arrives(shop, { id, as }, 'fulfilled')
})

test('a declined payment is compensated: the hold is released, the order cancelled with its reason (ORD-4)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const before = await stockOf(shop, tea?.variant_id ?? '')
  const { id } = (
    await shop.ask('POST', '/orders', {
      as,
      body: { ...courier, items: [{ variant_id: tea?.variant_id, quantity: 1 }] },
    })
  ).body
  await arrives(shop, { id, as }, 'processing')
  await press(shop, id, 'decline')
  const cancelled = await arrives(shop, { id, as }, 'cancelled')
  assert.equal(cancelled.reason, 'payment-declined')
  await eventually(async () => assert.deepEqual(await stockOf(shop, tea?.variant_id ?? ''), before))
  assert.equal((await shop.ask('POST', '/payments/process', { as, body: { order_id: id } })).status, 409)
})

test('an order cancelled before it is paid ends at once, and paying later is refused (ORD-3, PAY-6)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const { id } = (
    await shop.ask('POST', '/orders', {
      as,
      body: { ...courier, items: [{ variant_id: tea?.variant_id, quantity: 1 }] },
    })
  ).body
  const asked = await shop.ask('POST', `/orders/${id}/cancel`, { as })
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  const cancelled = await arrives(shop, { id, as }, 'cancelled')
  assert.equal(cancelled.reason, 'customer')
  assert.equal((await shop.ask('POST', `/orders/${id}/cancel`, { as })).body.cancelling, false)
  await press(shop, id, 'approve')
  const payments = (await shop.ask('GET', `/payments/order/${id}`, { as })).body
  assert.ok([payments.items ?? payments].flat().every((payment: { status: string }) => payment.status === 'failed'))
})

test('an order cancelled after it was paid gives the money back and calls the parcel off (ORD-3)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const before = await stockOf(shop, tea?.variant_id ?? '')
  const { id } = (
    await shop.ask('POST', '/orders', {
      as,
      body: { ...courier, items: [{ variant_id: tea?.variant_id, quantity: 1 }] },
    })
  ).body
  await arrives(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await arrives(shop, { id, as }, 'shipping')
  assert.equal((await shop.ask('POST', `/orders/${id}/cancel`, { as })).body.cancelling, true)
  const cancelled = await arrives(shop, { id, as }, 'cancelled')
  assert.equal(cancelled.payment.status, 'refunded')
  assert.equal((await shop.ask('GET', `/delivery/order/${id}`, { as })).body.status, 'cancelled')
  await eventually(async () => assert.deepEqual(await stockOf(shop, tea?.variant_id ?? ''), before))
})

test('a parcel under way cannot be called off any more (ORD-3)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const { id } = (
    await shop.ask('POST', '/orders', {
      as,
      body: { ...courier, items: [{ variant_id: tea?.variant_id, quantity: 1 }] },
    })
  ).body
  await arrives(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await arrives(shop, { id, as }, 'shipping')
  const shipment = (await shop.ask('GET', `/delivery/order/${id}`, { as })).body
  const moved = await shop.ask('POST', `/admin/shipments/${shipment.id}/status`, {
    as: staff,
    body: { status: 'handed_over' },
  })
  assert.equal(moved.status, 200, JSON.stringify(moved.body))
  await eventually(async () => {
    const answer = await shop.ask('POST', `/orders/${id}/cancel`, { as })
    assert.deepEqual([answer.status, answer.body.code], [409, 'too-late-to-cancel'])
  })
  await shop.ask('POST', `/delivery/${shipment.id}/deliver`, { as: staff, body: {} })
  await arrives(shop, { id, as }, 'fulfilled')
})
