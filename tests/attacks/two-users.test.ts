import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CartView } from '#cart/schema'
import { OrderView } from '#ordering/schema'
import { expectProblem, expectResponse } from '#platform/testing'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { press, toPickup } from '../e2e/purchase-steps.ts'
import { isStream, operationsOf, type Operation } from './api-document.ts'
import { customerWithEverything, home, type Belongings } from './belongings.ts'
import { whenQuiet } from './checksums.ts'
import { pathWith, unknownId, validRequest } from './valid-request.ts'

let shop: Shop
let anna: Belongings
let boris: Belongings
let operations: readonly Operation[]
before(async () => {
  shop = await openShop()
  anna = await customerWithEverything(shop, 'Anna')
  boris = await customerWithEverything(shop, 'Boris')
  operations = await operationsOf(shop.address)
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

type Ids = Readonly<Record<string, string>>
type Owned = Readonly<{
  /** The ids in the path, from the belongings of their owner. */
  ids: (owner: Belongings) => Ids
  body?: (sender: Belongings) => object
  /** The status and code for another customer; 404 not-found when absent. */
  otherUser?: string
  /** The status and code for the owner; a success when absent. */
  owner?: string
}>

const order = ({ open_order_id }: Belongings) => ({ id: open_order_id })
const addressId = ({ address_id }: Belongings) => ({ id: address_id })
const orderOf = ({ order_id }: Belongings) => ({ order_id })

/** Every route for customers with an id of something that has an owner. */
const owned: Readonly<Record<string, Owned>> = {
  'GET /api/v1/orders/{id}': { ids: order },
  'GET /api/v1/orders/{id}/events': { ids: order },
  'POST /api/v1/orders/{id}/events/token': { ids: order },
  'POST /api/v1/orders/{id}/cancel': { ids: order },
  'GET /api/v1/orders/{id}/returns': { ids: order },
  'POST /api/v1/orders/{id}/returns': {
    ids: order,
    body: ({ variant_id }) => ({ items: [{ variant_id, quantity: 1 }], reason: 'It is not mine' }),
    owner: '409 order-not-fulfilled',
  },
  'PUT /api/v1/orders/{id}': {
    ids: order,
    body: ({ variant_id }) => ({ ...toPickup, items: [{ variant_id, quantity: 1 }] }),
    otherUser: '409 id-taken',
  },
  'GET /api/v1/payments/{id}': { ids: ({ open_payment_id }) => ({ id: open_payment_id }) },
  'GET /api/v1/payments/order/{order_id}': { ids: orderOf },
  'GET /api/v1/delivery/{id}': { ids: ({ shipment_id }) => ({ id: shipment_id }) },
  'GET /api/v1/delivery/order/{order_id}': { ids: orderOf },
  'GET /api/v1/dispatch/parcels/order/{order_id}': { ids: orderOf },
  'GET /api/v1/dispatch/parcels/order/{order_id}/photos': { ids: orderOf },
  'POST /api/v1/auth/merge/{id}/undo': {
    ids: ({ merge_id }) => ({ id: merge_id }),
    body: ({ password }) => ({ password }),
  },
  'PUT /api/v1/auth/me/addresses/{id}': { ids: addressId, body: () => home },
  'PUT /api/v1/auth/me/addresses/{id}/default': { ids: addressId },
  'DELETE /api/v1/auth/me/addresses/{id}': { ids: addressId },
  'DELETE /api/v1/auth/sessions/{id}': { ids: ({ session_id }) => ({ id: session_id }) },
}

/** Routes whose id has no owner: products and the files that list them are public, the caller's own are a review of them and subscriptions to their variants, a cart is the caller's own, a link to a parcel or an order contains its secret. */
const ownerless = new Set([
  'GET /api/v1/catalog/products/{id}',
  'GET /api/v1/catalog/products/{id}/reviews',
  'GET /api/v1/catalog/products/{id}/my-review',
  'PUT /api/v1/catalog/products/{id}/my-review',
  'DELETE /api/v1/catalog/products/{id}/my-review',
  'PUT /api/v1/catalog/variants/{id}/alerts/{kind}',
  'DELETE /api/v1/catalog/variants/{id}/alerts/{kind}',
  'GET /api/v1/catalog/sitemap/{number}',
  'GET /api/v1/catalog/{plural}',
  'GET /api/v1/catalog/{plural}/{id}',
  'PATCH /api/v1/cart/items/{variant_id}',
  'DELETE /api/v1/cart/items/{variant_id}',
  'GET /api/v1/delivery/track/{token}',
  'GET /api/v1/delivery/track/{token}/events',
  'GET /api/v1/dispatch/track/{token}',
  'GET /api/v1/dispatch/track/{token}/events',
  'GET /api/v1/orders/by-link/{token}',
  'DELETE /api/v1/orders/by-link/{token}',
  'POST /api/v1/orders/by-link/{token}/cancel',
  'GET /api/v1/orders/by-link/{token}/events',
  'GET /api/v1/orders/by-link/{token}/shipment',
  'GET /api/v1/orders/by-link/{token}/returns',
  'POST /api/v1/orders/by-link/{token}/returns',
])

type Received = Readonly<{ status: string; text: string }>

/** Sends a request; the text is without the id of the request, so that two texts can be compared. */
async function send(operation: Operation, as: string, { ids, body }: { ids: Ids; body?: object }): Promise<Received> {
  const text = body ? JSON.stringify(body) : validRequest(operation).body
  const abort = new AbortController()
  const response = await fetch(`${shop.address}${pathWith(operation, ids)}`, {
    method: operation.method,
    headers: { authorization: `Bearer ${as}`, ...(text !== undefined && { 'content-type': 'application/json' }) },
    signal: abort.signal,
    ...(text !== undefined && { body: text }),
  })
  if (isStream(operation) && response.ok) {
    abort.abort()
    return { status: '200', text: '' }
  }
  const received = await response.text()
  const { code, request_id } = response.ok ? {} : (JSON.parse(received) as { code?: string; request_id?: string })
  const status = code === undefined ? `${response.status}` : `${response.status} ${code}`
  return { status, text: request_id === undefined ? received : received.replace(request_id, '') }
}

const routesWithId = () => operations.filter(({ path, admits }) => path.includes('{') && admits !== 'staff')

test('every route with an id names the owner of the thing (SEC-3)', () => {
  const unlisted = routesWithId().filter(({ name }) => !(name in owned) && !ownerless.has(name))
  assert.deepEqual(
    unlisted.map(({ name }) => name),
    [],
    'list it in `owned`, or in `ownerless` with the reason',
  )
  const names = new Set(operations.map(({ name }) => name))
  const removed = [...Object.keys(owned), ...ownerless].filter((name) => !names.has(name))
  assert.deepEqual(removed, [], 'the API document does not have these routes')
})

test("another customer's thing gets the same answer as one that does not exist, and does not change (SEC-3, A4)", async () => {
  const before = await whenQuiet(shop)
  for (const operation of routesWithId()) {
    const row = owned[operation.name]
    if (!row) continue
    const body = row.body && { body: row.body(boris) }
    const received = await send(operation, boris.as, { ids: row.ids(anna), ...body })
    assert.equal(received.status, row.otherUser ?? '404 not-found', operation.name)
    for (const secret of [anna.email, anna.user_id, anna.payment_id, anna.tracking_token]) {
      assert.ok(!received.text.includes(secret), `${operation.name} shows Boris a secret of Anna`)
    }
    if (row.otherUser !== undefined) continue
    const missing = await send(operation, boris.as, { ids: {}, ...body })
    assert.equal(received.text, missing.text, `${operation.name} shows that the thing of Anna exists`)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test("other methods do not reach another customer's thing either (SEC-3, A4)", async () => {
  const before = await whenQuiet(shop)
  const headers = { authorization: `Bearer ${boris.as}` }
  for (const [name, { ids }] of Object.entries(owned)) {
    const operation = operations.find((one) => one.name === name)
    assert.ok(operation)
    const path = pathWith(operation, ids(anna))
    const documented = new Set(operations.filter((one) => one.path === operation.path).map(({ method }) => method))
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !documented.has(method))
    for (const method of [...others, 'HEAD']) {
      const { status } = await fetch(`${shop.address}${path}`, { method, headers })
      assert.ok([404, 405].includes(status), `${method} ${path}: ${status}`)
    }
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('a customer cannot use a route for staff, and does not learn which ids exist (SEC-3)', async () => {
  const before = await whenQuiet(shop)
  const forStaff = operations.filter(({ path, admits }) => admits === 'staff' && path.includes('{'))
  assert.ok(forStaff.length > 20)
  for (const operation of forStaff) {
    const existing = await send(operation, boris.as, { ids: { id: existingIdFor(operation) } })
    assert.equal(existing.status, '403 forbidden', operation.name)
    assert.equal(existing.text, (await send(operation, boris.as, { ids: { id: unknownId } })).text, operation.name)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

function existingIdFor({ path }: Operation): string {
  if (path.includes('payments')) return anna.payment_id
  return path.includes('shipments') || path.includes('delivery') ? anna.shipment_id : anna.order_id
}

test("another customer's id in a body gets the same answer as an unknown one (SEC-3, A4)", async () => {
  const before = await whenQuiet(shop)
  const process = { body: { order_id: anna.open_order_id } }
  expectProblem(await shop.send(boris.as, 'POST /payments/process', process), 404, 'not-found')
  const items = [{ variant_id: boris.variant_id, quantity: 1 }]
  const body = { id: anna.order_id, ...toPickup, items }
  expectProblem(await shop.send(boris.as, 'POST /orders', { body }), 409, 'id-taken')
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test("a customer's lists have only her own things, whatever the query says (SEC-3, A4)", async () => {
  const lists = [
    'GET /orders?page_size=100',
    'GET /auth/sessions?page_size=100',
    'GET /auth/me',
    'GET /cart',
    `GET /payments/order/${boris.order_id}`,
  ] as const
  for (const list of lists) {
    const text = JSON.stringify(expectResponse(await shop.send(boris.as, list), 200))
    for (const [name, value] of Object.entries(anna)) {
      if (name !== 'variant_id' && name !== 'password') assert.ok(!text.includes(value), `${list} shows Anna's ${name}`)
    }
  }
  for (const query of [`user_id=${anna.user_id}`, `userId=${anna.user_id}`, 'all=true']) {
    expectProblem(await shop.send(boris.as, `GET /orders?${query}`), 400, 'validation-failed')
  }
})

test('two customers may use the same Idempotency-Key for different orders (A8)', async () => {
  const headers = { 'idempotency-key': 'the-same-key-for-both-of-us' }
  const body = { ...toPickup, items: [{ variant_id: anna.variant_id, quantity: 1 }] }
  const place = (as: string) => shop.send(as, 'POST /orders', { headers, body })
  const ofAnna = expectResponse(await place(anna.as), 201, OrderView)
  const response = await place(boris.as)
  assert.notEqual(ofAnna.id, expectResponse(response, 201, OrderView).id)
  assert.equal(response.headers['idempotent-replay'], undefined)
})

test("changes that Boris makes to his cart leave Anna's cart alone (A4)", async () => {
  const cartOfAnna = async () => expectResponse(await shop.send(anna.as, 'GET /cart'), 200, CartView)
  const before = await cartOfAnna()
  assert.ok(before.pieces > 0)
  const item = `/cart/items/${anna.variant_id}` as const
  expectResponse(await shop.send(boris.as, `PATCH ${item}`, { body: { quantity: 7 } }), 200, CartView)
  expectResponse(await shop.send(boris.as, `DELETE ${item}`), 200, CartView)
  expectResponse(await shop.send(boris.as, 'DELETE /cart'), 200, CartView)
  assert.deepEqual(await cartOfAnna(), before)
})

test('the owner reaches every one of these things, so the table is right (SEC-3)', async () => {
  const last = ['POST', 'DELETE']
  const readsFirst = routesWithId().toSorted((a, b) => last.indexOf(a.method) - last.indexOf(b.method))
  for (const operation of readsFirst) {
    const row = owned[operation.name]
    if (!row) continue
    const body = row.body && { body: row.body(anna) }
    const { status } = await send(operation, anna.as, { ids: row.ids(anna), ...body })
    if (row.owner !== undefined) {
      assert.equal(status, row.owner, operation.name)
      continue
    }
    // Her own order id with another content is taken too: it is enough that she does not get 404.
    assert.match(status, operation.method === 'PUT' ? /^(20|409 id-taken)/ : /^20/, `${operation.name}: ${status}`)
  }
  expectProblem(await shop.send(anna.as, 'GET /auth/me'), 401, 'unauthorized')
  assert.ok((await press(shop, boris.open_order_id, 'approve')) < 400)
  expectResponse(await shop.send(staff, `GET /admin/orders/${anna.order_id}`), 200)
})
