import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openShop, press, staff, type Shop } from '../e2e/open-shop.ts'
import { isStream, operationsOf, type Operation } from './api-document.ts'
import { somebodyWithEverything, whenQuiet, type Belongings } from './belongings.ts'
import { fittingRequest, pathWith, unknownId } from './known-requests.ts'

let shop: Shop
let anna: Belongings
let boris: Belongings
let operations: readonly Operation[]
before(async () => {
  shop = await openShop()
  anna = await somebodyWithEverything(shop, 'Anna')
  boris = await somebodyWithEverything(shop, 'Boris')
  operations = await operationsOf(shop.address)
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

type Ids = Readonly<Record<string, string>>
type Owned = Readonly<{
  /** What in the path is somebody's. */
  ids: (of: Belongings) => Ids
  body?: (of: Belongings) => object
  /** What a stranger gets, 404 when absent. */
  stranger?: string
}>

const order = ({ open_order_id }: Belongings) => ({ id: open_order_id })
const orderOf = ({ order_id }: Belongings) => ({ order_id })

/** Every route for customers with an id of something that has an owner. */
const owned: Readonly<Record<string, Owned>> = {
  'GET /api/v1/orders/{id}': { ids: order },
  'GET /api/v1/orders/{id}/events': { ids: order },
  'POST /api/v1/orders/{id}/cancel': { ids: order },
  'PUT /api/v1/orders/{id}': {
    ids: order,
    body: ({ variant_id }) => ({ delivery_method: 'pickup', items: [{ variant_id, quantity: 1 }] }),
    stranger: '409 id-taken',
  },
  'GET /api/v1/payments/{id}': { ids: ({ open_payment_id }) => ({ id: open_payment_id }) },
  'GET /api/v1/payments/order/{order_id}': { ids: orderOf },
  'GET /api/v1/delivery/{id}': { ids: ({ shipment_id }) => ({ id: shipment_id }) },
  'GET /api/v1/delivery/order/{order_id}': { ids: orderOf },
  'DELETE /api/v1/auth/sessions/{id}': { ids: ({ session_id }) => ({ id: session_id }) },
}

/** Routes with an id that is nobody's: goods anybody may see, one's own cart, links whose secret is in them. */
const nobodys = new Set([
  'GET /api/v1/catalog/products/{id}',
  'GET /api/v1/catalog/{plural}',
  'GET /api/v1/catalog/{plural}/{id}',
  'PATCH /api/v1/cart/items/{variant_id}',
  'DELETE /api/v1/cart/items/{variant_id}',
  'GET /api/v1/delivery/track/{token}',
  'GET /api/v1/delivery/track/{token}/events',
])

type Answered = Readonly<{ status: string; text: string }>

async function send(operation: Operation, as: string, { ids, body }: { ids: Ids; body?: object }): Promise<Answered> {
  const written = body ? JSON.stringify(body) : fittingRequest(operation).body
  const leaving = new AbortController()
  const answer = await fetch(`${shop.address}${pathWith(operation, ids)}`, {
    method: operation.method,
    headers: { authorization: `Bearer ${as}`, ...(written !== undefined && { 'content-type': 'application/json' }) },
    signal: leaving.signal,
    ...(written !== undefined && { body: written }),
  })
  if (isStream(operation) && answer.ok) {
    leaving.abort()
    return { status: '200', text: '' }
  }
  const text = await answer.text()
  const { code, request_id } = answer.ok ? {} : (JSON.parse(text) as { code?: string; request_id?: string })
  const status = code === undefined ? `${answer.status}` : `${answer.status} ${code}`
  return { status, text: request_id === undefined ? text : text.replace(request_id, '') }
}

const withId = () => operations.filter(({ path, admits }) => path.includes('{') && admits !== 'staff')

test('every route with an id says whose the thing is (SEC-3)', () => {
  const unlisted = withId().filter(({ name }) => !(name in owned) && !nobodys.has(name))
  assert.deepEqual(
    unlisted.map(({ name }) => name),
    [],
    'list it in `owned`, or in `nobodys` with its reason',
  )
  const names = new Set(operations.map(({ name }) => name))
  const gone = [...Object.keys(owned), ...nobodys].filter((name) => !names.has(name))
  assert.deepEqual(gone, [], 'these routes are not there any more')
})

test("somebody else's thing is as absent as one that never was, and stays as it is (SEC-3, A4)", async () => {
  const before = await whenQuiet(shop)
  for (const operation of withId()) {
    const whose = owned[operation.name]
    if (!whose) continue
    const body = whose.body && { body: whose.body(boris) }
    const answered = await send(operation, boris.as, { ids: whose.ids(anna), ...body })
    assert.equal(answered.status, whose.stranger ?? '404 not-found', operation.name)
    for (const secret of [anna.email, anna.user_id, anna.payment_id, anna.tracking_token]) {
      assert.ok(!answered.text.includes(secret), `${operation.name} tells about Anna`)
    }
    if (whose.stranger !== undefined) continue
    const absent = await send(operation, boris.as, { ids: {}, ...body })
    assert.equal(answered.text, absent.text, `${operation.name} tells apart what is not there and what is not his`)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('no other method reaches it either (SEC-3, A4)', async () => {
  const before = await whenQuiet(shop)
  for (const [name, { ids }] of Object.entries(owned)) {
    const operation = operations.find((one) => one.name === name)
    assert.ok(operation)
    const path = pathWith(operation, ids(anna))
    const taken = new Set(operations.filter((one) => one.path === operation.path).map(({ method }) => method))
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !taken.has(one))) {
      const answer = await fetch(`${shop.address}${path}`, { method, headers: { authorization: `Bearer ${boris.as}` } })
      assert.ok([404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`)
    }
    const head = await fetch(`${shop.address}${path}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${boris.as}` },
    })
    assert.ok([404, 405].includes(head.status), `HEAD ${path}: ${head.status}`)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('the desk of the staff is closed to a customer, the same for what is there and what is not (SEC-3)', async () => {
  const before = await whenQuiet(shop)
  const desk = operations.filter(({ path, admits }) => admits === 'staff' && path.includes('{'))
  assert.ok(desk.length > 20)
  for (const operation of desk) {
    const id =
      operation.path.includes('shipments') || operation.path.includes('delivery') ? anna.shipment_id : anna.order_id
    const there = operation.path.includes('payments') ? anna.payment_id : id
    const answered = await send(operation, boris.as, { ids: { id: there } })
    assert.equal(answered.status, '403 forbidden', operation.name)
    assert.equal(answered.text, (await send(operation, boris.as, { ids: { id: unknownId } })).text, operation.name)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test("somebody else's id in a body is absent too (SEC-3, A4)", async () => {
  const before = await whenQuiet(shop)
  const as = boris.as
  const paid = await shop.ask('POST', '/payments/process', { as, body: { order_id: anna.open_order_id } })
  assert.deepEqual([paid.status, paid.body.code], [404, 'not-found'])
  const items = [{ variant_id: boris.variant_id, quantity: 1 }]
  const body = { id: anna.order_id, delivery_method: 'pickup', items }
  const taken = await shop.ask('POST', '/orders', { as, body })
  assert.deepEqual([taken.status, taken.body.code], [409, 'id-taken'])
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test("lists hold one's own things only, whatever is asked of them (SEC-3, A4)", async () => {
  const asked = [
    '/orders?page_size=100',
    '/auth/sessions?page_size=100',
    '/auth/me',
    '/cart',
    `/payments/order/${boris.order_id}`,
  ]
  for (const path of asked) {
    const { status, body } = await shop.ask('GET', path, { as: boris.as })
    assert.equal(status, 200)
    const text = JSON.stringify(body)
    for (const [name, value] of Object.entries(anna)) {
      if (name !== 'variant_id' && name !== 'password') assert.ok(!text.includes(value), `${path} shows Anna's ${name}`)
    }
  }
  for (const query of [`user_id=${anna.user_id}`, `userId=${anna.user_id}`, 'all=true']) {
    assert.equal((await shop.ask('GET', `/orders?${query}`, { as: boris.as })).status, 400)
  }
})

test("somebody else's Idempotency-Key is a key like any other (A8)", async () => {
  const headers = { 'idempotency-key': 'the-same-key-for-both-of-us' }
  const items = [{ variant_id: anna.variant_id, quantity: 1 }]
  const place = (as: string) => shop.ask('POST', '/orders', { as, headers, body: { delivery_method: 'pickup', items } })
  const [hers, his] = [await place(anna.as), await place(boris.as)]
  assert.deepEqual([hers.status, his.status], [201, 201])
  assert.notEqual(hers.body.id, his.body.id)
  assert.equal(his.headers.get('idempotent-replay'), null)
})

test("a cart is its owner's: what Boris does to the same goods leaves Anna's alone (A4)", async () => {
  const cartOf = async (as: string) => (await shop.ask('GET', '/cart', { as })).body
  const before = await cartOf(anna.as)
  assert.ok(before.pieces > 0)
  const path = `/cart/items/${anna.variant_id}`
  assert.equal((await shop.ask('PATCH', path, { as: boris.as, body: { quantity: 7 } })).status, 200)
  assert.equal((await shop.ask('DELETE', path, { as: boris.as })).status, 200)
  assert.equal((await shop.ask('DELETE', '/cart', { as: boris.as })).status, 200)
  assert.deepEqual(await cartOf(anna.as), before)
})

test('the table is true: the owner reaches every one of these things (SEC-3)', async () => {
  const last = ['POST', 'DELETE']
  const inTurn = withId().toSorted((a, b) => last.indexOf(a.method) - last.indexOf(b.method))
  for (const operation of inTurn) {
    const whose = owned[operation.name]
    if (!whose) continue
    const body = whose.body && { body: whose.body(anna) }
    const { status } = await send(operation, anna.as, { ids: whose.ids(anna), ...body })
    // Her own id under another content is taken as well; what matters is that she does not get 404.
    assert.match(status, operation.method === 'PUT' ? /^(201|409 id-taken)/ : /^20/, `${operation.name}: ${status}`)
  }
  assert.equal((await shop.ask('GET', '/auth/me', { as: anna.as })).status, 401, 'her session is over')
  assert.ok((await press(shop, boris.open_order_id, 'approve')) < 400)
  assert.equal((await shop.ask('GET', `/admin/orders/${anna.order_id}`, { as: staff })).status, 200)
})
