import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { shipmentCreated, shipmentDelivered } from '#delivery/events'
import { paymentFailed, paymentStarted } from '#payments/events'
import { StreamTokenView } from '#platform/http'
import { anna, bearer, boris, expectProblem, expectResponse, guest, olga, openTestApi } from '#platform/testing'
import type { TestApi } from '#platform/testing'
import { newId } from '#platform/values'
import { ReturnView } from '../returns/schema.ts'
import { OrderView } from '../schema.ts'
import { followOrder } from './query.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
let api: TestApi
let address: string
before(async () => {
  shop = await openOrderingTest()
  api = await openTestApi([shop.module], { settings: { streams: { perUser: 50, perAddress: 50, total: 50 } } })
  address = await api.http.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await api.close()
  await shop.close()
})

const placed = () => shop.place(anna, { delivery_method: 'pickup', payment_method: 'online', items: teaItems() })
const follow = (id: string, headers: Record<string, string> = { authorization: bearer(anna) }) =>
  fetch(`${address}/api/v1/orders/${id}/events`, { headers })
const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))

/** Takes an order to its end: payments cancels the payment that it has requested. */
async function cancelled(id: string) {
  expectResponse(await shop.send(anna, `POST /orders/${id}/cancel`), 200)
  const answer = paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' })
  assert.deepEqual(await shop.deliver(answer), [])
}

test('a buyer follows her order to its end, and a browser does not reconnect after it (ORD-3)', async () => {
  const { id } = await placed()
  const stream = await follow(id)
  await cancelled(id)
  const ids = idsOf(await stream.text())
  assert.deepEqual(
    ids,
    Array.from(ids, (_, i) => i + 1),
  )
  assert.ok(ids.length > 0)
  const last = String(ids.at(-1))
  assert.equal((await follow(id, { authorization: bearer(anna), 'last-event-id': last })).status, 204)
  assert.deepEqual(idsOf(await (await follow(id, { authorization: bearer(anna), 'last-event-id': '0' })).text()), ids)
})

test('a guest follows her order by its link to its end, and an account by no link (ORD-11, ORD-3)', async () => {
  const body = { delivery_method: 'pickup', items: teaItems(), contact: { phone: '+7 912 345-67-89' } }
  const { id, link_token } = expectResponse(await shop.send(guest, 'POST /orders', { body }), 201, OrderView)
  const stream = await fetch(`${address}/api/v1/orders/by-link/${link_token}/events`)
  const answer = paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' })
  expectResponse(await shop.send(guest, `POST /orders/by-link/${link_token}/cancel`), 200)
  assert.deepEqual(await shop.deliver(answer), [])
  assert.match(await stream.text(), /event: order-created[^]+event: order-cancelled/)
  assert.equal((await follow(id)).status, 404)
})

type Streamed = AsyncIterator<Uint8Array>

/** Reads a stream until it has sent an event of this name. */
async function readUntil(stream: Streamed, name: string): Promise<void> {
  for (let text = ''; !text.includes(`event: ${name}\n`);) {
    const { done, value } = await stream.next()
    assert.notEqual(done, true, `the stream ended before ${name}: ${text}`)
    text += Buffer.from(value).toString()
  }
}

test('the stream of a received order goes on until each of its returns has ended (ORD-3, ORD-10)', async () => {
  const items = teaItems(2)
  const { id } = await shop.place(anna, { delivery_method: 'pickup', payment_method: 'cash_on_delivery', items })
  const shipment = { shipment_id: newId(), order_id: id, method: 'pickup', tracking_number: null } as const
  const charge = { subject_type: 'order', subject_id: id, payment_id: newId(), user_id: anna.user_id } as const
  const sum = { amount: 100_000, currency: 'RUB', provider: 'cash' } as const
  const events = [
    paymentStarted({ ...charge, ...sum, status: 'pending' }),
    shipmentCreated({ ...shipment, status: 'ready_for_pickup' }),
    shipmentDelivered({ shipment_id: shipment.shipment_id, order_id: id }),
  ]
  assert.deepEqual(await shop.deliver(...events), [])
  assert.ok(idsOf(await (await follow(id)).text()).length > 0, 'without a return the stream ends with the order')

  const body = { items: [{ variant_id: items[0]?.variant_id, quantity: 1 }], reason: 'It smells of smoke' }
  const ask = async () =>
    expectResponse(await shop.send(anna, `POST /orders/${id}/returns`, { body }), 201, ReturnView).id
  const act = async (return_id: string, action: string, content: object, status = 200) =>
    expectResponse(await shop.send(olga, `POST /admin/order-returns/${return_id}/${action}`, { body: content }), status)
  const [first, second] = [await ask(), await ask()]
  const response = await follow(id)
  const stream: Streamed = (response.body ?? assert.fail())[Symbol.asyncIterator]()
  await act(first, 'refuse', { answer: 'The box was opened' })
  await readUntil(stream, 'return-refused')
  await act(second, 'approve', {})
  await readUntil(stream, 'return-approved')
  const counted = { items: [{ variant_id: items[0]?.variant_id, sellable: 0, damaged: 1 }] }
  await act(second, 'receive', counted)
  await readUntil(stream, 'return-received')
  await act(second, 'refund', { amount: 0 }, 202)
  await readUntil(stream, 'return-ended')
  assert.equal((await stream.next()).done, true)
  const last = (await shop.show(anna, id)).timeline.length
  assert.equal((await follow(id, { authorization: bearer(anna), 'last-event-id': String(last) })).status, 204)
})

test('another buyer gets neither the events of an order nor a token for them (F-54, SEC-3)', async () => {
  const { id } = await placed()
  assert.equal((await follow(id, { authorization: bearer(boris) })).status, 404)
  assert.equal((await follow(id, {})).status, 401)
  expectProblem(await shop.send(boris, `POST /orders/${id}/events/token`), 404, 'not-found')
  expectProblem(await shop.send(anna, `POST /orders/${newId()}/events/token`), 404, 'not-found')
})

test('a Last-Event-ID that is not the number of an event is refused (F-35, rule 6)', async () => {
  const { id } = await placed()
  const wrong = ['1.5', '1e30', 'Infinity', '9223372036854775808', '9007199254740992', '-1', '', '0x1']
  for (const one of wrong) {
    const response = await follow(id, { authorization: bearer(anna), 'last-event-id': one })
    assert.equal(response.status, 400, one)
    assert.match(await response.text(), /"code":"validation-failed"/)
  }
})

test('twenty streams of one process are read with one statement (F-33)', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, placed))
  let statements = 0
  const counting = shop.db.withPlugin({
    transformQuery: ({ node }) => {
      statements++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const follow = followOrder(counting)
  const found = await Promise.all(orders.map(({ id }) => follow({ order_id: id, access: anna, after: 0 })))
  assert.equal(statements, 1)
  for (const [i, one] of found.entries()) {
    assert.ok(one.kind === 'found')
    assert.deepEqual([...new Set(one.entries.map(({ order_id }) => order_id))], [orders[i]?.id])
  }
})

/** Opens the stream with the EventSource of Node in a program of its own, and returns the names of its events. */
async function namesByEventSource(url: string): Promise<string[]> {
  const program = `
    const events = new EventSource(process.argv[1])
    for (const name of ['order-created', 'order-cancelled'])
      events.addEventListener(name, ({ data }) => {
        console.log(name, JSON.parse(data).status)
        if (name === 'order-cancelled') events.close()
      })
    events.onerror = () => console.log('error', events.readyState)`
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--experimental-eventsource', '--no-warnings', '-e', program, url])
  return stdout.trim().split('\n')
}

test('an EventSource, which sends no Authorization, follows an order with a stream token (F-54)', async () => {
  const { id } = await placed()
  const token = await shop.send(anna, `POST /orders/${id}/events/token`)
  const { url } = expectResponse(token, 201, StreamTokenView)
  assert.equal(token.headers['cache-control'], 'no-store')
  await cancelled(id)
  assert.deepEqual(await namesByEventSource(`${address}${url}`), ['order-created created', 'order-cancelled cancelled'])
})

test('a stream token opens neither another order nor another route (F-54)', async () => {
  const [one, other] = await Promise.all([placed(), placed()])
  const { stream_token } = expectResponse(
    await shop.send(anna, `POST /orders/${one.id}/events/token`),
    201,
    StreamTokenView,
  )
  const get = (path: string) => fetch(`${address}/api/v1/orders/${path}?stream_token=${stream_token}`)
  assert.equal((await get(`${other.id}/events`)).status, 401)
  assert.equal((await get(one.id)).status, 401)
})
