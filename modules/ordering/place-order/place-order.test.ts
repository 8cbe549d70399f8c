import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { anna, boris, crowd, customer, expectProblem, expectResponse, olga, raceFor } from '#platform/testing'
import { transaction } from '#platform/db'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { quoteWithout } from '#promotions/quote'
import { place as placeOrder } from '../order.ts'
import { AdminOrderSummary, AdminOrderView, OrderSummary, OrderView, type Terms } from '../schema.ts'
import { insertOrder } from './insert-order.ts'
import { openOrderingTest, tea, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

const courier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3' }
const send = (change: object, caller = anna) =>
  shop.send(caller, 'POST /orders', { body: { ...courier, items: teaItems(2), ...change } })
const place = async (change: object, caller = anna) => expectResponse(await send(change, caller), 201, OrderView)
const put = (id: string, change: object, caller = anna) =>
  shop.send(caller, `PUT /orders/${id}`, { body: { ...courier, ...change } })
const Orders = Page(OrderSummary)

test('an order costs what the catalog says, and its payment is requested once (ORD-1, ORD-2)', async () => {
  const order = await place({ comment: 'ring twice' })
  const [item] = order.items
  assert.deepEqual([order.status, item?.title, item?.total], ['created', 'Tie Guan Yin', 100_000])
  assert.equal(order.total_amount, 100_000)
  assert.equal(order.payment.confirmation_url, `/pay/${order.id}`)
  const [request, ...more] = await shop.published(order.id, 'ordering.payment-requested.v1')
  assert.equal(request?.data.amount, 100_000)
  assert.deepEqual(more, [])
})

test('an order shows its address in the form in which the customer sent it (ORD-1)', async () => {
  const parts = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '3', lat: 55.1, lng: 38.75 }
  assert.deepEqual((await place({ delivery_address: parts })).delivery_address, parts)
  assert.equal((await place({})).delivery_address, courier.delivery_address)
})

test('an order with a price of the client is refused (ORD-1)', async () => {
  expectProblem(await send({ items: [{ ...tea, quantity: 1 }] }), 400, 'validation-failed')
  expectProblem(await send({ total_amount: 1 }), 400, 'validation-failed')
})

test('an order is refused when its total is not the total that the customer saw; the answer has the new one (ORD-1)', async () => {
  const problem = expectProblem(await send({ expected_total: 99_999 }), 409, 'price-changed')
  assert.equal(problem['total_amount'], 100_000)
  await place({ expected_total: 100_000 })
})

test('an order without items takes the lines of the cart, and its event says so; an empty cart is refused (CART-5)', async () => {
  shop.stubs.cart = []
  expectProblem(await shop.send(anna, 'POST /orders', { body: courier }), 409, 'cart-empty')
  shop.stubs.cart = teaItems(3)
  const order = await shop.place(anna, courier)
  assert.equal(order.items[0]?.quantity, 3)
  const [created] = await shop.published(order.id, 'ordering.order-created.v1')
  assert.equal(created?.data.from_cart, true)
})

test('an order takes the cart that its buyer filled before she signed in (F-16, CART-2)', async () => {
  shop.stubs.cart = []
  shop.stubs.linesOf = async (_, cart_token) => (cart_token === 'the-token-of-a-guest' ? teaItems(2) : [])
  const headers = { 'x-cart-token': 'the-token-of-a-guest' }
  const [created, put] = [
    await shop.send(anna, 'POST /orders', { body: courier, headers }),
    await shop.send(anna, `PUT /orders/${newId()}`, { body: courier, headers }),
  ]
  for (const response of [created, put]) assert.equal(expectResponse(response, 201, OrderView).items[0]?.quantity, 2)
  expectProblem(await shop.send(anna, 'POST /orders', { body: courier }), 409, 'cart-empty')
  delete shop.stubs.linesOf
})

test('of two requests for one order, the one that finds the cart emptied by the other gets that order (F-16, ORD-1)', async () => {
  const id = newId()
  let first: OrderView | undefined
  shop.stubs.linesOf = async () => {
    shop.stubs.linesOf = async () => teaItems()
    first = expectResponse(await put(id, {}), 201, OrderView)
    return []
  }
  const second = expectResponse(await put(id, {}), 201, OrderView)
  delete shop.stubs.linesOf
  assert.equal(second.number, first?.number)
})

test('an order is refused when the catalog refuses the hold (ORD-1)', async () => {
  shop.stubs.hold = () => ({ kind: 'refused', reason: 'out-of-stock', variant_ids: [tea.variant_id] })
  const problem = expectProblem(await send({}), 409, 'out-of-stock')
  shop.stubs.hold = undefined
  assert.deepEqual(problem['variant_ids'], [tea.variant_id])
})

test('an order under an id whose hold was released is refused, and the answer asks for another id (ORD-1)', async () => {
  shop.stubs.hold = () => ({ kind: 'refused', reason: 'order-closed' })
  const { detail } = expectProblem(await send({ id: newId() }), 409, 'order-closed')
  shop.stubs.hold = undefined
  assert.match(detail, /another id/)
})

test('a late retry finds its order even when the order has ended (ORD-1)', async () => {
  const input = { id: newId(), items: teaItems() }
  let first: OrderView | undefined
  shop.stubs.hold = async () => {
    shop.stubs.hold = undefined
    first = await place(input)
    return { kind: 'refused', reason: 'order-closed' }
  }
  const retried = await place(input)
  assert.equal(retried.number, first?.number)
})

test('a courier order without an address, and one for a carrier we do not have, are refused (ORD-1)', async () => {
  const body = { delivery_method: 'courier', items: teaItems() }
  expectProblem(await shop.send(anna, 'POST /orders', { body }), 400, 'address-missing')
  expectProblem(await send({ delivery_method: 'cdek' }), 409, 'method-unavailable')
})

test('a repeat under the same id finds the same order; another request or another customer is refused (ORD-1)', async () => {
  const id = newId()
  const parts = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '3' }
  const first = expectResponse(await put(id, { items: teaItems(), delivery_address: parts }), 201, OrderView)
  const shuffled = Object.fromEntries(Object.entries(parts).toReversed())
  const again = expectResponse(await put(id, { items: teaItems(), delivery_address: shuffled }), 201, OrderView)
  assert.equal(again.number, first.number)
  expectProblem(await put(id, { items: teaItems(5), delivery_address: parts }), 409, 'id-taken')
  expectProblem(await put(id, { items: teaItems(), delivery_address: parts }, boris), 409, 'id-taken')
})

test('a repeat finds its order even after the cart is empty (ORD-1, CART-5)', async () => {
  const id = newId()
  shop.stubs.cart = teaItems()
  const first = expectResponse(await put(id, {}), 201, OrderView)
  shop.stubs.cart = []
  const again = expectResponse(await put(id, {}), 201, OrderView)
  assert.equal(again.number, first.number)
})

test('a retry after a crash orders under the id for which the goods are held (F-7, ORD-1)', async () => {
  const headers = { 'idempotency-key': `key-${newId()}` }
  const body = { ...courier, items: teaItems() }
  const held: string[] = []
  shop.stubs.hold = ({ order_id }) => {
    held.push(order_id)
    if (held.length === 1) throw new Error('The connection broke after the hold')
    return { kind: 'held', lines: [{ ...tea, quantity: 1 }], total_amount: tea.price, currency: 'RUB' }
  }
  expectProblem(await shop.send(anna, 'POST /orders', { body, headers }), 500, 'internal-error')
  const { id } = expectResponse(await shop.send(anna, 'POST /orders', { body, headers }), 201, OrderView)
  shop.stubs.hold = undefined
  assert.deepEqual(held, [id, id])
})

test('twenty clicks at once place one order and request one payment (ORD-1)', async () => {
  const id = newId()
  const clicks = await crowd(20, async () => expectResponse(await put(id, { items: teaItems() }), 201))
  assert.deepEqual(
    clicks.filter(({ status }) => status === 'rejected'),
    [],
  )
  assert.equal((await shop.published(id, 'ordering.order-created.v1')).length, 1)
  assert.equal((await shop.published(id, 'ordering.payment-requested.v1')).length, 1)
})

test('two processes that place one order place it once and answer with the same order (ORD-1)', async () => {
  const elsewhere = await shop.elsewhere()
  const id = newId()
  const body = { ...courier, items: teaItems() }
  const responses = await raceFor(shop.db, {
    lock: sql`lock table ordering.orders in share mode`,
    waiting: 2,
    start: () => Promise.all([shop, elsewhere].map(({ send }) => send(anna, `PUT /orders/${id}`, { body }))),
  })
  await elsewhere.close()
  const [one, other] = responses.map((response) => expectResponse(response, 201, OrderView))
  assert.deepEqual([one?.id, other], [id, one])
  assert.equal((await shop.published(id, 'ordering.order-created.v1')).length, 1)
  assert.equal((await shop.published(id, 'ordering.payment-requested.v1')).length, 1)
})

test('an order for pickup is placed at an open pickup point, or refused before any stock is held (F-74, ORD-1)', async () => {
  const pickup = { delivery_method: 'pickup', items: teaItems() }
  const order = (body: object) => shop.send(anna, 'POST /orders', { body })
  const point = newId()
  let holds = 0
  shop.stubs.hold = () => {
    holds++
    return { kind: 'refused', reason: 'order-closed' }
  }
  for (const [reason, status] of [
    ['no-pickup-point', 409],
    ['pickup-point-missing', 400],
    ['pickup-point-unavailable', 409],
  ] as const) {
    shop.stubs.pickupPoint = async () => ({ kind: 'refused', reason })
    expectProblem(await order(pickup), status, reason)
  }
  const toCourier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3', items: teaItems() }
  expectProblem(await order({ ...toCourier, pickup_point_id: point }), 400, 'pickup-point-not-used')
  assert.equal(holds, 0)
  shop.stubs.hold = undefined

  shop.stubs.pickupPoint = async (id) => ({ kind: 'chosen', pickup_point_id: id ?? newId() })
  const id = newId()
  const placed = await shop.place(anna, { ...pickup, id, pickup_point_id: point.toUpperCase() })
  assert.equal(placed.pickup_point_id, point)
  assert.equal((await shop.show(anna, id)).pickup_point_id, point)
  // The point is closed afterwards: a repeat still finds its order.
  shop.stubs.pickupPoint = async () => ({ kind: 'refused', reason: 'pickup-point-unavailable' })
  assert.equal((await shop.place(anna, { ...pickup, id, pickup_point_id: point })).id, id)
  shop.stubs.pickupPoint = undefined
})

test('an order whose number is taken gets another number (ORD-2)', async () => {
  const terms: Terms = {
    payment_method: 'online',
    delivery_method: 'pickup',
    pickup_point_id: newId(),
    delivery_address: null,
    recipient_name: null,
    recipient_phone: null,
    comment: null,
  }
  const held = { lines: [{ ...tea, quantity: 1 }], currency: 'RUB' }
  const quote = quoteWithout({ ...held, delivery_fee: 0 })
  const ofBoris = { user_id: boris.user_id, contact_email: null, contact_phone: null, link_version: null }
  const insert = async (drawNumber: () => string) => {
    const order = placeOrder({ id: newId(), ...ofBoris }, { terms, held, quote, now: shop.now() })
    const input_hash = Buffer.alloc(32)
    return await transaction(shop.db, async (tx) => {
      const inserted = await insertOrder(tx, order, {
        held: held.lines,
        input_hash,
        buyer_keys: [],
        cart_version: null,
        drawNumber,
      })
      await tx.deleteFrom('ordering.orders').where('id', '=', order.id).execute()
      return inserted
    })
  }
  const { number } = await place({})
  const drawn = [number, number, '2026-222222']
  const inserted = await insert(() => drawn.shift() ?? assert.fail())
  assert.equal(inserted.kind === 'inserted' && inserted.order.number, '2026-222222')
  await assert.rejects(
    insert(() => number),
    /each was taken/,
  )
})

test('the database itself refuses an order that is paid without a time of payment (ORD-1)', async () => {
  const { id } = await place({})
  await assert.rejects(
    shop.db.updateTable('ordering.orders').set({ status: 'paid' }).where('id', '=', id).execute(),
    /status_has_its_facts/,
  )
})

test('the database itself refuses to ship an order that is not paid (ORD-4, ORD-7)', async () => {
  const { id } = await place({})
  const shipped = { status: 'shipping', shipped_at: shop.now() } as const
  await assert.rejects(
    shop.db.updateTable('ordering.orders').set(shipped).where('id', '=', id).execute(),
    /money_before_goods/,
  )
})

test('staff see who bought, for whom and where the parcel goes, and what is in it (F-74, ORD-7)', async () => {
  const order = await place({ recipient_name: 'Вера', recipient_phone: '+7 912 345-67-89', comment: 'ring twice' })
  const shown = expectResponse(await shop.send(olga, `GET /admin/orders/${order.id}`), 200, AdminOrderView)
  const noGuest = { is_guest: false, phone: null }
  assert.deepEqual(shown.buyer, { ...noGuest, user_id: anna.user_id, name: 'Anna', email: 'anna@example.com' })
  const { recipient_name, recipient_phone, delivery_address, comment } = shown
  assert.deepEqual(
    [recipient_name, recipient_phone, delivery_address, comment],
    ['Вера', '+7 912 345-67-89', courier.delivery_address, 'ring twice'],
  )
  assert.deepEqual(
    shown.items.map(({ sku, title, quantity }) => [sku, title, quantity]),
    [[tea.sku, 'Tie Guan Yin', 2]],
  )
  const { id } = await place({}, customer(9))
  const { items } = expectResponse(await shop.send(olga, 'GET /admin/orders'), 200, Page(AdminOrderSummary))
  const buyerOf = (order_id: string) => items.find((one) => one.id === order_id)?.buyer
  assert.equal(buyerOf(order.id)?.email, 'anna@example.com')
  assert.deepEqual(
    buyerOf(id),
    { ...noGuest, user_id: customer(9).user_id, name: null, email: null },
    'an account that is gone',
  )
  assert.ok(!('buyer' in (await shop.show(anna, order.id))))
})

test('customers see only their own orders, newest first and page by page; staff see all orders (ORD-3)', async () => {
  const mine = await Promise.all([place({}, boris), place({}, boris), place({}, boris)])
  const list = async (query: string) => expectResponse(await shop.send(boris, `GET /orders?${query}`), 200, Orders)
  const first = await list('page_size=2')
  assert.deepEqual([first.total, first.items.length], [3, 2])
  const second = await list(`page_size=2&cursor=${first.next_cursor}`)
  const ids = [...first.items, ...second.items].map(({ id }) => id)
  assert.deepEqual(new Set(ids), new Set(mine.map(({ id }) => id)))
  assert.equal(second.next_cursor, null)
  expectProblem(await shop.send(anna, `GET /orders/${ids[0]}`), 404, 'not-found')
  expectResponse(await shop.send(olga, `GET /admin/orders/${ids[0]}`), 200, AdminOrderView)
  assert.ok(expectResponse(await shop.send(olga, 'GET /admin/orders'), 200, Orders).total > 3)
  assert.equal((await list('status=paid')).total, 0)
})

test('an order of a hundred lines at the highest price and weight is placed (ORD-1)', async () => {
  const [price, weight_grams] = [10_000_000_000, 10_000_000]
  shop.stubs.hold = ({ items }) => ({
    kind: 'held',
    lines: items.map(({ quantity }) => ({ ...tea, price, weight_grams, quantity })),
    total_amount: price * 99 * 100,
    currency: 'RUB',
  })
  const { id, total_amount } = await place({
    items: Array.from({ length: 100 }, () => ({ variant_id: newId(), quantity: 99 })),
  })
  shop.stubs.hold = undefined
  assert.equal(total_amount, 99_000_000_000_000)
  assert.equal((await shop.show(anna, id)).total_amount, 99_000_000_000_000)
})

test('two items of the same tea become one line (ORD-1)', async () => {
  shop.stubs.hold = () => ({
    kind: 'held',
    lines: [{ ...tea, quantity: 160 }],
    total_amount: 160 * tea.price,
    currency: 'RUB',
  })
  const { items } = await place({ items: [...teaItems(80), ...teaItems(80)] })
  shop.stubs.hold = undefined
  assert.equal(items[0]?.quantity, 160)
})
