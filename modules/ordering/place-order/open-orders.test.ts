import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { HeldLine } from '#catalog'
import type { Caller } from '#platform/access'
import { paymentCompleted, paymentFailed, paymentStarted } from '#payments/events'
import { shipmentCreated, shipmentDelivered } from '#delivery/events'
import { sql } from 'kysely'
import {
  anna,
  assertNoViolations,
  bearer,
  crowd,
  customer,
  expectProblem,
  expectResponse,
  raceFor,
  responseOf,
} from '#platform/testing'
import { hours, newId } from '#platform/values'
import { OrderView } from '../schema.ts'
import { openOrderingTest, paymentOf, tea, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ limits: { maxOpenOrders: 5, maxHeldPerVariant: 20 } })
})
after(async () => await shop.close())
beforeEach(() => {
  shop.stubs.hold = undefined
  shop.stubs.left = 0
  shop.expired.length = 0
})

let people = 100
/** A customer of each test, so that no test counts the orders of another. */
const newcomer = () => customer(people++)

type Order = Readonly<{ address?: string; quantity?: number; id?: string; terms?: object }>
/** Sends an order from an address of the Internet. Addresses of private networks are not counted. */
async function order(caller: Caller, { address = '127.0.0.1', quantity = 1, id, terms }: Order = {}) {
  const response = await shop.http.inject({
    method: 'POST',
    url: '/api/v1/orders',
    remoteAddress: address,
    headers: { authorization: bearer(caller), 'accept-language': 'en' },
    payload: { id, delivery_method: 'pickup', items: teaItems(quantity), ...terms },
  })
  return responseOf('POST /orders', response)
}
const placed = async (caller: Caller, options?: Order) => expectResponse(await order(caller, options), 201, OrderView)
const refused = async (caller: Caller, options?: Order) =>
  expectProblem(await order(caller, options), 409, 'too-many-open-orders')
const tooMany = async (caller: Caller, options?: Order) =>
  expectProblem(await order(caller, options), 409, 'too-many-unpaid-pieces')

/** Holds every order until `count` orders are held: all of them have passed the count before the hold. */
function holdTogether(count: number) {
  const all = Promise.withResolvers<void>()
  const held: string[] = []
  shop.stubs.hold = async ({ order_id }) => {
    held.push(order_id)
    if (held.length === count) all.resolve()
    await all.promise
    return { kind: 'held', lines: [{ ...tea, quantity: 1 }], total_amount: tea.price, currency: 'RUB' }
  }
  return held
}

const races: Readonly<Record<string, (n: number) => Parameters<typeof order>>> = {
  'one account': () => [anna, {}],
  'many accounts behind one address': (n) => [customer(1000 + n), { address: '203.0.113.7' }],
  'many accounts in one IPv6 network': (n) => [customer(2000 + n), { address: `2001:db8:1:2::${n + 1}` }],
  'many accounts for one phone': (n) => [
    customer(3000 + n),
    { terms: { recipient_phone: n % 2 ? '+7 912 345-67-89' : '8 (912) 3456789' } },
  ],
  'many verified accounts of one mailbox': (n) => [
    { ...customer(4000 + n), is_verified: true, email: `Nina+${n}@example.org` },
    {},
  ],
  'many verified accounts behind one address': (n) => [
    { ...customer(5000 + n), is_verified: true },
    { address: '203.0.113.8' },
  ],
  'many accounts of one mailbox': (n) => [{ ...customer(6000 + n), email: `Olga+${n}@example.org` }, {}],
}
for (const [buyer, requestOf] of Object.entries(races)) {
  test(`of two hundred orders of ${buyer} at once five are placed, and the others give their goods back (F-31, ORD-12)`, async () => {
    const held = holdTogether(200)
    const ended = await crowd(200, (n) => order(...requestOf(n)))
    const responses = ended.map((one) => (one.status === 'fulfilled' ? one.value : assert.fail(String(one.reason))))
    const ids = responses.filter(({ status }) => status === 201).map(({ body }) => (body as { id: string }).id)
    assert.equal(ids.length, 5)
    for (const response of responses.filter(({ status }) => status !== 201))
      expectProblem(response, 409, 'too-many-open-orders')
    assert.deepEqual(new Set(shop.expired), new Set(held).difference(new Set(ids)))
  })
}

test('of the orders of one buyer that two processes place at once the one above the limit is refused (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  for (let n = 0; n < 4; n++) await placed(buyer)
  const elsewhere = await shop.elsewhere()
  const held = holdTogether(2)
  const body = { delivery_method: 'pickup', items: teaItems() }
  const responses = await raceFor(shop.db, {
    lock: sql`lock table ordering.orders in share mode`,
    waiting: 2,
    start: () => Promise.all([shop, elsewhere].map(({ send }) => send(buyer, 'POST /orders', { body }))),
  })
  await elsewhere.close()
  const [one, other] = responses.toSorted((a, b) => a.status - b.status)
  assert.ok(one && other)
  const { id } = expectResponse(one, 201, OrderView)
  expectProblem(other, 409, 'too-many-open-orders')
  assert.deepEqual(
    shop.expired,
    held.filter((each) => each !== id),
  )
})

test('a guest who types the contacts of a verified buyer closes no payment method to her (ORD-12)', async () => {
  const buyer = { ...newcomer(), email: 'vika@example.org', is_verified: true }
  const contact = { email: 'vika+x@example.org', phone: '+7 912 000-11-22' }
  for (const payment_method of ['online', 'cash_on_delivery'])
    for (let n = 0; n < 5; n++) {
      const response = await shop.http.inject({
        method: 'POST',
        url: '/api/v1/orders',
        remoteAddress: '127.0.0.1',
        payload: { delivery_method: 'pickup', items: teaItems(), payment_method, contact },
      })
      assert.equal(response.statusCode, 201, response.body)
    }
  for (const payment_method of ['online', 'cash_on_delivery'])
    await placed(buyer, { terms: { payment_method, recipient_phone: contact.phone } })
})

test('a buyer at the limit is refused before any goods are held, and learns the limit (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  for (let n = 0; n < 5; n++) await placed(buyer)
  shop.stubs.hold = () => assert.fail('the goods were held')
  const { counted_by, maximum, open } = await refused(buyer)
  assert.deepEqual({ counted_by, maximum, open }, { counted_by: 'account', maximum: 5, open: 5 })
})

/** Buyers who share a phone, a mailbox or an address. `n` makes those of each test its own. */
const sharing = (n: number): readonly Readonly<{ counted_by: string; caller: () => Caller; options: Order }>[] => [
  { counted_by: 'phone', caller: newcomer, options: { terms: { recipient_phone: `+7 912 000-01-0${n}` } } },
  { counted_by: 'email', caller: () => ({ ...newcomer(), email: `vera${n}+${newId()}@example.org` }), options: {} },
  { counted_by: 'address', caller: newcomer, options: { address: `198.51.100.10${n}` } },
]
const withTerms = ({ terms, ...rest }: Order, more: object): Order => ({ ...rest, terms: { ...terms, ...more } })
const cash = { payment_method: 'cash_on_delivery' }

for (const { counted_by, caller, options } of sharing(0)) {
  test(`an order that would not be placed shows nothing of other orders with its ${counted_by} (ORD-12)`, async () => {
    await placed(caller(), { ...options, quantity: 3 })
    for (const quantity of [20, 18, 17, 1]) {
      const unplaced = withTerms(options, { items: teaItems(quantity), expected_total: 1 })
      expectProblem(await order(caller(), unplaced), 409, 'price-changed')
    }
  })
}

for (const { counted_by, caller, options } of sharing(1)) {
  test(`a refusal by the ${counted_by} names no goods and no numbers (F-31, ORD-12)`, async () => {
    const detailsOf = async (request: Order) => {
      const { request_id: _, ...problem } = await refused(caller(), request)
      return problem
    }
    await placed(caller(), { ...options, quantity: 16 })
    const pieces = await detailsOf({ ...options, quantity: 5 })
    for (let n = 0; n < 4; n++) await placed(caller(), options)
    const orders = await detailsOf(options)
    assert.deepEqual(pieces, orders)
    assert.deepEqual([orders['maximum'], orders['open'], orders['counted_by']], [null, null, counted_by])
  })
}

for (const { counted_by, caller, options } of sharing(2)) {
  test(`cash orders of others with the ${counted_by} of a buyer leave him online payment, and cash after a day (ORD-12)`, async () => {
    const other = caller()
    for (let n = 0; n < 5; n++) await placed(other, withTerms(options, cash))
    await refused(caller(), withTerms(options, cash))
    await placed(caller(), options)
    shop.advance(hours(24) - 1)
    await refused(caller(), withTerms(options, cash))
    shop.advance(1)
    await placed(caller(), withTerms(options, cash))
    assert.equal((await refused(other, withTerms(options, cash))).counted_by, 'account')
  })
}

for (const { counted_by, caller, options } of sharing(3)) {
  test(`online orders of others with the ${counted_by} of a buyer leave him cash (ORD-12)`, async () => {
    for (let n = 0; n < 5; n++) await placed(caller(), options)
    await refused(caller(), options)
    await placed(caller(), withTerms(options, cash))
  })
}

/** An order of a guest from an address of the Internet. */
async function guestOrder(contact: object, address: string, terms: object = {}) {
  const payload = { delivery_method: 'pickup', items: teaItems(), contact, ...terms }
  const response = await shop.http.inject({ method: 'POST', url: '/api/v1/orders', remoteAddress: address, payload })
  return responseOf('POST /orders', response)
}

for (const [counted_by, contact] of [
  ['phone', { phone: '+7 912 000-44-55' }],
  ['email', { email: 'galya@example.org' }],
] as const)
  test(`people at five addresses who order with the ${counted_by} of a buyer lock her out of no payment method (ORD-12, SEC-1)`, async () => {
    const payments = ['online', 'cash_on_delivery'].map((payment_method) => ({ payment_method }))
    for (const terms of payments)
      for (let n = 0; n < 5; n++) expectResponse(await guestOrder(contact, `198.18.${n}.1`, terms), 201)
    const unverified = { ...newcomer(), ...('email' in contact && contact) }
    for (const terms of payments) {
      expectResponse(await guestOrder(contact, '198.18.100.1', terms), 201)
      const ofContact = { ...terms, ...('phone' in contact && { recipient_phone: contact.phone }) }
      await placed(unverified, { address: '198.18.101.1', terms: ofContact })
      const again = expectProblem(await guestOrder(contact, '198.18.100.1', terms), 409, 'too-many-open-orders')
      assert.equal(again['counted_by'], counted_by, 'another order waits until the first is paid')
      expectProblem(await guestOrder(contact, '198.18.0.1', terms), 409, 'too-many-open-orders')
    }
  })

test('of fifty orders with one phone at once from ten addresses each address places one, and all of them fourteen at most (ORD-12)', async () => {
  const contact = { phone: '+7 912 000-66-77' }
  const addresses = Array.from({ length: 50 }, (_, n) => `198.19.${n % 10}.1`)
  const ended = await crowd(50, (n) => guestOrder(contact, addresses[n] ?? assert.fail()))
  const responses = ended.map((one) => (one.status === 'fulfilled' ? one.value : assert.fail(String(one.reason))))
  const byAddress = Map.groupBy(
    responses.map(({ status }, n) => ({ status, address: addresses[n] })),
    ({ address }) => address,
  )
  const counts = [...byAddress.values()].map((each) => each.filter(({ status }) => status === 201).length)
  assert.ok(
    counts.every((count) => count >= 1),
    'no address is locked out',
  )
  assert.ok(counts.reduce((sum, count) => sum + count, 0) <= 5 + 9, `${counts.join(' ')} orders by address`)
})

test('unpaid orders of a buyer have at most twenty pieces of a variant (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  await placed(buyer, { quantity: 15 })
  const { maximum, open, variant_id } = await tooMany(buyer, { quantity: 6 })
  assert.deepEqual({ maximum, open, variant_id }, { maximum: 20, open: 15, variant_id: tea.variant_id })
  await placed(buyer, { quantity: 5 })
  await tooMany(newcomer(), { terms: { items: [...teaItems(10), ...teaItems(11)] } })
})

test('an order of more pieces is placed when it leaves as many to others (ORD-12)', async () => {
  const buyer = newcomer()
  shop.stubs.left = 24
  const { maximum, open } = await tooMany(buyer, { quantity: 25 })
  assert.deepEqual({ maximum, open }, { maximum: 24, open: 0 })
  shop.stubs.left = 25
  await placed(buyer, { quantity: 25, terms: cash })
  await tooMany(buyer, { quantity: 1 })
  shop.stubs.left = null
  await placed(newcomer(), { quantity: 99 })
})

test('a buyer of many pieces shares an address with others, and the stock with them as well (ORD-12)', async () => {
  const address = '198.51.100.60'
  shop.stubs.left = 40
  await placed(newcomer(), { quantity: 30, address })
  await refused(newcomer(), { quantity: 30, address })
})

test('a piece that was named by its product counts as well (F-31, ORD-12)', async () => {
  const items = [{ flower_id: tea.product_id, quantity: 21 }]
  await tooMany(newcomer(), { terms: { items } })
  assert.equal(shop.expired.length, 1)
})

const rose_id = newId()
/** A bouquet of the roses that a florist also sells one by one. */
const bouquetOf = (roses: number) => ({
  ...tea,
  variant_id: newId(),
  components: [{ variant_id: rose_id, quantity: roses }],
})
/** Holds these lines for each order, and places it for the buyer. */
const withLines = (...lines: readonly HeldLine[]) => {
  shop.stubs.hold = async () => ({
    kind: 'held',
    lines,
    total_amount: lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    currency: 'RUB',
  })
}

test('the roses in bouquets count with the roses of other open orders (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  const bouquet = bouquetOf(7)
  withLines({ ...bouquet, quantity: 2 })
  await placed(buyer)
  const { maximum, open, variant_id } = await tooMany(buyer)
  assert.deepEqual({ maximum, open, variant_id }, { maximum: 20, open: 14, variant_id: rose_id })
  withLines({ ...tea, variant_id: rose_id, quantity: 6 })
  await placed(buyer)
  withLines({ ...tea, variant_id: rose_id, quantity: 1 })
  await tooMany(buyer)
  withLines({ ...bouquet, quantity: 1 }, { ...bouquetOf(14), quantity: 1 })
  await tooMany(newcomer())
})

test('one bouquet of more roses than the limit may be ordered, two or another rose may not (ORD-12)', async () => {
  const buyer = newcomer()
  const bouquet = bouquetOf(51)
  withLines({ ...bouquet, quantity: 2 })
  assert.equal((await tooMany(buyer))['maximum'], 51)
  withLines({ ...bouquet, quantity: 1 })
  await placed(buyer)
  await tooMany(buyer)
  withLines({ ...tea, variant_id: rose_id, quantity: 1 })
  await tooMany(buyer)
})

test('a paid or cancelled order makes room for another, a cash order does so when it is handed over (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  const orders = [await placed(buyer), await placed(buyer), await placed(buyer)]
  const cash = await placed(buyer, { terms: { payment_method: 'cash_on_delivery' } })
  const last = await placed(buyer)
  const [first = assert.fail(), second = assert.fail()] = orders
  await refused(buyer)
  const payment = paymentOf(first.id)
  await shop.deliver(paymentStarted(payment))
  await refused(buyer)
  await shop.deliver(paymentCompleted({ ...payment, transaction_id: 'b-1' }))
  await placed(buyer)
  await refused(buyer)

  expectResponse(await shop.send(buyer, `POST /orders/${second.id}/cancel`), 200)
  await refused(buyer)
  await shop.deliver(paymentFailed({ subject_type: 'order', subject_id: second.id, reason: 'cancelled' }))
  await placed(buyer)

  const shipment = { shipment_id: newId(), order_id: cash.id }
  await shop.deliver(
    paymentStarted(paymentOf(cash.id)),
    shipmentCreated({ ...shipment, method: 'pickup', status: 'ready_for_pickup', tracking_number: null }),
  )
  await refused(buyer)
  await shop.deliver(shipmentDelivered(shipment))
  await placed(buyer)
  assert.equal((await shop.show(buyer, last.id)).status, 'created')
})

test('a repeat of an order is answered with it, however many orders are open (F-31, ORD-12)', async () => {
  const buyer = newcomer()
  const id = newId()
  const first = await placed(buyer, { id })
  for (let n = 0; n < 4; n++) await placed(buyer)
  assert.equal((await placed(buyer, { id, address: '198.51.100.9' })).number, first.number)
})

test('addresses of private networks are not counted, because a proxy may be behind them (F-31, ORD-12)', async () => {
  for (const address of ['127.0.0.1', '10.0.0.8', '::ffff:192.168.0.1', '::1', 'fd00::7'])
    for (let n = 0; n < 6; n++) await placed(newcomer(), { address })
})

test('orders without limits are counted by nothing, and a shop that takes no cash refuses it (F-31, ORD-12)', async () => {
  const open = await openOrderingTest({ cashOnDelivery: false })
  const body = { delivery_method: 'pickup', items: teaItems(30) }
  for (let n = 0; n < 6; n++) await open.place(anna, body)
  assert.deepEqual(await open.db.selectFrom('ordering.open_orders').selectAll().execute(), [])
  const cash = { ...body, payment_method: 'cash_on_delivery' }
  expectProblem(await open.send(anna, 'POST /orders', { body: cash }), 409, 'method-unavailable')
  await open.close()
})

test('every invariant of orders holds after these tests (PLT-22, ORD-12)', async () => {
  await assertNoViolations(shop.module)
})
