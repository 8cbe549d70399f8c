import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, boris, crowd, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openCounter, tea, wantTea, type Counter } from '../testing.ts'

let counter: Counter
before(async () => {
  counter = await openCounter()
})
after(async () => await counter.close())

const courier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3' }
const order = (body: object, as = anna) =>
  counter.ask(as, 'POST', '/orders', { ...courier, items: wantTea(2), ...body })

test('an order costs what the catalog says, and its payment is asked for once (ORD-1, ORD-2)', async () => {
  const { status, body } = await order({ comment: 'ring twice' })
  assert.equal(status, 201)
  assert.equal(body.total_amount, 100_000)
  assert.deepEqual([body.status, body.items[0].title, body.items[0].total], ['created', 'Tie Guan Yin', 100_000])
  assert.equal(body.payment.confirmation_url, `/pay/${body.id}`)
  const [due, ...more] = await counter.told(body.id, 'ordering.payment-requested.v1')
  assert.equal(due?.data.amount, 100_000)
  assert.deepEqual(more, [])
})

test('an address is answered in the form it was sent (ORD-1)', async () => {
  const parts = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '3', lat: 55.1, lng: 38.75 }
  assert.deepEqual((await order({ delivery_address: parts })).body.delivery_address, parts)
  assert.equal((await order({})).body.delivery_address, courier.delivery_address)
})

test('a price of the client is not even read (ORD-1)', async () => {
  const items = [{ ...wantTea()[0], price: 1 }]
  const { status, body } = await order({ items })
  assert.deepEqual([status, body.code], [400, 'validation-failed'])
  assert.equal((await order({ total_amount: 1 })).status, 400)
})

test('another total than the customer saw refuses the order and says the new one (ORD-1)', async () => {
  const { status, body } = await order({ expected_total: 99_999 })
  assert.deepEqual([status, body.code, body.total_amount], [409, 'price-changed', 100_000])
  assert.equal((await order({ expected_total: 100_000 })).status, 201)
})

test('without items the cart is ordered, and the event says so; an empty cart refuses (CART-5)', async () => {
  counter.answers.cart = []
  const empty = await counter.ask(anna, 'POST', '/orders', courier)
  assert.deepEqual([empty.status, empty.body.code], [409, 'cart-empty'])
  counter.answers.cart = wantTea(3)
  const { body } = await counter.ask(anna, 'POST', '/orders', courier)
  assert.equal(body.items[0].quantity, 3)
  const [created] = await counter.told(body.id, 'ordering.order-created.v1')
  assert.equal(created?.data.from_cart, true)
})

test('what the catalog refuses is no order (ORD-1)', async () => {
  counter.answers.holding = () => ({
    kind: 'refused',
    reason: 'out-of-stock',
    variant_ids: [wantTea()[0]?.variant_id ?? ''],
  })
  const { status, body } = await order({})
  counter.answers.holding = undefined
  assert.deepEqual([status, body.code, body.variant_ids.length], [409, 'out-of-stock', 1])
})

test('an id whose goods were held and let go is no order, and says so (ORD-1)', async () => {
  counter.answers.holding = () => ({ kind: 'refused', reason: 'order-closed' })
  const { status, body } = await order({ id: newId() })
  assert.deepEqual([status, body.code], [409, 'order-closed'])
  assert.match(body.detail, /another id/)
  counter.answers.holding = undefined
})

test('a repeat that comes when its order is already over still finds the order (ORD-1)', async () => {
  const input = { id: newId(), items: wantTea() }
  let first: Awaited<ReturnType<typeof order>> | undefined
  counter.answers.holding = async () => {
    counter.answers.holding = undefined
    first = await order(input)
    return { kind: 'refused', reason: 'order-closed' }
  }
  const again = await order(input)
  assert.deepEqual([first?.status, again.status, again.body.number], [201, 201, first?.body.number])
})

test('a courier without an address and a carrier we do not have are refused (ORD-1)', async () => {
  const nowhere = await counter.ask(anna, 'POST', '/orders', { delivery_method: 'courier', items: wantTea() })
  assert.deepEqual([nowhere.status, nowhere.body.code], [400, 'address-missing'])
  assert.equal((await order({ delivery_method: 'cdek' })).body.code, 'method-unavailable')
})

test('the same wish under the same id is one order; another wish, or another person, is refused (ORD-1)', async () => {
  const id = newId()
  const first = await counter.ask(anna, 'PUT', `/orders/${id}`, { ...courier, items: wantTea() })
  const again = await counter.ask(anna, 'PUT', `/orders/${id}`, { ...courier, items: wantTea() })
  assert.deepEqual([first.status, again.status, again.body.number], [201, 201, first.body.number])
  const other = await counter.ask(anna, 'PUT', `/orders/${id}`, { ...courier, items: wantTea(5) })
  assert.deepEqual([other.status, other.body.code], [409, 'id-taken'])
  const stranger = await counter.ask(boris, 'PUT', `/orders/${id}`, { ...courier, items: wantTea() })
  assert.deepEqual([stranger.status, stranger.body.code], [409, 'id-taken'])
})

test('a repeat finds the order even after the cart it was made of is empty (ORD-1, CART-5)', async () => {
  const id = newId()
  counter.answers.cart = wantTea()
  const first = await counter.ask(anna, 'PUT', `/orders/${id}`, courier)
  counter.answers.cart = []
  const again = await counter.ask(anna, 'PUT', `/orders/${id}`, courier)
  assert.deepEqual([again.status, again.body.number], [201, first.body.number])
})

test('twenty impatient clicks at once are one order and one payment (ORD-1)', async () => {
  const id = newId()
  const clicks = await crowd(20, () => counter.ask(anna, 'PUT', `/orders/${id}`, { ...courier, items: wantTea() }))
  assert.deepEqual(
    clicks.map((click) => (click.status === 'fulfilled' ? click.value.status : click.reason)),
    Array.from({ length: 20 }, () => 201),
  )
  assert.equal((await counter.told(id, 'ordering.order-created.v1')).length, 1)
  assert.equal((await counter.told(id, 'ordering.payment-requested.v1')).length, 1)
})

test('the database itself refuses an order that is paid without a time of payment (ORD-1)', async () => {
  const { body } = await order({})
  await assert.rejects(
    counter.db.updateTable('ordering.orders').set({ status: 'paid' }).where('id', '=', body.id).execute(),
    /status_has_its_facts/,
  )
})

test('everybody sees his own orders only, newest first and page by page; staff sees all (ORD-3)', async () => {
  const mine = await Promise.all([order({}, boris), order({}, boris), order({}, boris)])
  const first = await counter.ask(boris, 'GET', '/orders?page_size=2')
  assert.deepEqual([first.body.total, first.body.items.length], [3, 2])
  const second = await counter.ask(boris, 'GET', `/orders?page_size=2&cursor=${first.body.next_cursor}`)
  const ids = [...first.body.items, ...second.body.items].map(({ id }) => id)
  assert.deepEqual(new Set(ids), new Set(mine.map(({ body }) => body.id)))
  assert.equal(second.body.next_cursor, null)
  assert.equal((await counter.ask(anna, 'GET', `/orders/${ids[0]}`)).status, 404)
  assert.equal((await counter.ask(olga, 'GET', `/admin/orders/${ids[0]}`)).status, 200)
  assert.ok((await counter.ask(olga, 'GET', '/admin/orders')).body.total > 3)
  assert.equal((await counter.ask(boris, 'GET', '/orders?status=paid')).body.total, 0)
})

test('an order of the dearest and heaviest things there can be is an order like any other (ORD-1)', async () => {
  const [dearest, heaviest] = [10_000_000_000, 10_000_000]
  counter.answers.holding = ({ wants }) => ({
    kind: 'held',
    lines: wants.map(({ quantity }) => ({ ...tea, price: dearest, weight_grams: heaviest, quantity })),
    total_amount: dearest * 99 * 100,
    currency: 'RUB',
  })
  const items = Array.from({ length: 100 }, () => ({ variant_id: newId(), quantity: 99 }))
  const placed = await order({ items })
  counter.answers.holding = undefined
  assert.deepEqual([placed.status, placed.body.total_amount], [201, 99_000_000_000_000])
  const shown = await counter.ask(anna, 'GET', `/orders/${placed.body.id}`)
  assert.deepEqual([shown.status, shown.body.total_amount], [200, 99_000_000_000_000])
})

test('the same tea named in two lines is one line of both (ORD-1)', async () => {
  counter.answers.holding = () => ({
    kind: 'held',
    lines: [{ ...tea, quantity: 160 }],
    total_amount: 160 * tea.price,
    currency: 'RUB',
  })
  const { status, body } = await order({ items: [...wantTea(80), ...wantTea(80)] })
  counter.answers.holding = undefined
  assert.deepEqual([status, body.items?.[0].quantity], [201, 160])
})
