import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { WakeableLoop } from '#platform/jobs'
import { quietLog } from '#platform/telemetry'
import { eventually, expectProblem, expectResponse, olga } from '#platform/testing'
import { minutes, newId, seconds, systemClock } from '#platform/values'
import { endpointDeactivated } from '../events.ts'
import { DeliveryView, EndpointView } from '../schema.ts'
import { senderOf } from './run-sender.ts'
import { openReceiver, openWebhooksTest, type WebhooksTest } from '../testing.ts'

let shop: WebhooksTest
const receivers: Awaited<ReturnType<typeof openReceiver>>[] = []
before(async () => {
  shop = await openWebhooksTest()
})
beforeEach(() => shop.pool.query('delete from webhooks.endpoints'))
after(async () => {
  await Promise.all(receivers.map((one) => one.close()))
  await shop.close()
})

const receive = async (...answer: Parameters<typeof openReceiver>) => {
  const receiver = await openReceiver(...answer)
  receivers.push(receiver)
  return receiver
}

test('a library of Standard Webhooks accepts the request (CAT-15)', async () => {
  const receiver = await receive()
  const { secret, id } = await shop.addEndpoint({ url: receiver.url })
  const event_id = await shop.pay()
  await shop.attempt()
  const [request] = receiver.received
  assert.ok(request && receiver.received.length === 1)
  const headers = request.headers as Record<string, string>
  const at = new Date(Number(headers['webhook-timestamp']) * 1000)
  assert.equal(headers['webhook-signature'], new Webhook(secret).sign(event_id, at, request.body))
  assert.deepEqual([headers['webhook-id'], at], [event_id, shop.now()])
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  assert.deepEqual([delivery.status, delivery.attempts, delivery.message_id], ['delivered', 1, event_id])
  const { attempt_log, body } = await shop.showDelivery(delivery)
  assert.equal(body, request.body)
  assert.equal(attempt_log[0]?.response_status, 204)
  await shop.assertNoViolations()
})

test('the library accepts a request by its own clock, and refuses a changed body (CAT-15)', async () => {
  const receiver = await receive()
  shop.advance(systemClock().getTime() - shop.now().getTime())
  const { secret } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  await shop.attempt()
  const { headers, body } = receiver.received[0] ?? assert.fail()
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>)
  assert.deepEqual(verified, JSON.parse(body))
  assert.throws(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>))
})

test('a failed attempt is repeated with the same id and body after its pause, and logged (CAT-15)', async () => {
  const statuses = [500, 302, 200]
  const receiver = await receive(() => ({
    status: statuses.shift() ?? 200,
    headers: { location: 'http://127.0.0.1:1/' },
    body: 'later',
  }))
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  assert.equal(await shop.attempt(), 1)
  assert.equal(await shop.attempt(), 0, 'nothing is due before the pause')
  shop.advance(seconds(7))
  assert.equal(await shop.attempt(), 1)
  shop.advance(minutes(7))
  assert.equal(await shop.attempt(), 1)
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  const { attempt_log, status } = await shop.showDelivery(delivery)
  assert.equal(status, 'delivered')
  assert.deepEqual(
    attempt_log.map(({ number, response_status, excerpt }) => [number, response_status, excerpt]),
    [
      [3, 200, 'later'],
      [2, 302, 'later'],
      [1, 500, 'later'],
    ],
  )
  assert.equal(
    new Set(receiver.received.map(({ body, headers }) => `${String(headers['webhook-id'])} ${body}`)).size,
    1,
  )
})

test('a receiver that hangs delays no other one, and takes three places at most (CAT-15)', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>()
  const hanging = await receive(async () => {
    await release
    return { status: 200 }
  })
  const quick = await receive()
  await shop.addEndpoint({ url: hanging.url })
  const other = await shop.addEndpoint({ url: quick.url })
  for (let i = 0; i < 5; i++) await shop.pay()
  assert.equal(await shop.sender.send(), 6)
  await eventually(async () => assert.equal((await shop.deliveriesTo(other.id, '?status=delivered')).length, 3))
  assert.equal(await shop.sender.send(), 2, 'the rest for the quick one')
  await eventually(async () => assert.equal((await shop.deliveriesTo(other.id, '?status=delivered')).length, 5))
  assert.equal(hanging.received.length, 3)
  resolve()
  await shop.sender.idle()
  assert.equal(await shop.attempt(), 2)
})

test('two processes never make the same attempt (CAT-15)', async () => {
  const receiver = await receive()
  await shop.addEndpoint({ url: receiver.url })
  for (let i = 0; i < 12; i++) await shop.pay()
  const senders = [shop.sender, shop.elsewhere(), shop.elsewhere()]
  await eventually(async () => {
    await Promise.all(senders.map((one) => one.send()))
    await Promise.all(senders.map((one) => one.idle()))
    assert.equal(receiver.received.length, 12)
  })
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 12)
  assert.deepEqual(shop.failures, [])
  await shop.assertNoViolations()
})

test('the attempt of a process that died is made again, and its late result changes nothing (CAT-15)', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>()
  let requests = 0
  const receiver = await receive(async () => {
    if (++requests > 1) return { status: 200 }
    await release
    return { status: 500 }
  })
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  const slow = shop.elsewhere()
  assert.equal(await slow.send(), 1)
  await eventually(() => assert.equal(requests, 1))
  assert.equal(await shop.attempt(), 0, 'the attempt is running')
  shop.advance(minutes(2))
  assert.equal(await shop.attempt(), 1)
  resolve()
  await slow.idle()
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  assert.deepEqual([delivery.status, delivery.attempts], ['delivered', 2])
})

test('an endpoint that answers 410 is deactivated: with an event and an e-mail to its contact (CAT-15)', async () => {
  const receiver = await receive(() => ({ status: 410 }))
  const { id } = await shop.addEndpoint({ url: receiver.url, contact_email: 'olga@example.com' })
  await shop.pay()
  await shop.attempt()
  const shown = expectResponse(await shop.send(olga, `GET /admin/webhooks/${id}`), 200, EndpointView)
  assert.deepEqual([shown.is_active, shown.deactivated_reason], [false, 'gone'])
  const { rows } = await shop.pool.query('select data from platform.event where type = $1', [endpointDeactivated.type])
  assert.deepEqual(rows, [{ data: { endpoint_id: id, reason: 'gone' } }])
  assert.deepEqual(
    shop.mails.map(({ to }) => to),
    ['olga@example.com'],
  )
  await shop.pay()
  assert.equal((await shop.deliveriesTo(id)).length, 1, 'no further delivery')
})

test('staff send a delivery again, many times at once too; the receiver knows the id (CAT-15)', async () => {
  const receiver = await receive()
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  await shop.attempt()
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  const again = `POST /admin/webhooks/${id}/deliveries/${delivery.id}/retry` as const
  for (const response of await Promise.all([1, 2, 3].map(() => shop.send(olga, again))))
    assert.equal(expectResponse(response, 202, DeliveryView).status, 'pending')
  await shop.attempt()
  await shop.attempt()
  assert.deepEqual(
    receiver.received.map(({ headers }) => headers['webhook-id']),
    [delivery.message_id, delivery.message_id],
  )
  const { attempt_log, status } = await shop.showDelivery(delivery)
  assert.deepEqual([attempt_log.length, status], [2, 'delivered'])
  const other = await shop.addEndpoint({ url: receiver.url })
  const foreign = `POST /admin/webhooks/${other.id}/deliveries/${delivery.id}/retry` as const
  expectProblem(await shop.send(olga, foreign), 404, 'not-found')
  await shop.send(olga, `PATCH /admin/webhooks/${id}`, { body: { is_active: false } })
  expectProblem(await shop.send(olga, again), 409, 'endpoint-inactive')
  assert.equal((await shop.showDelivery(delivery)).status, 'delivered')
})

test('a test event is sent to one endpoint, once, and shows the answer (CAT-15)', async () => {
  const receiver = await receive(() => ({ status: 500, body: 'no such path' }))
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.addEndpoint({ url: receiver.url })
  const headers = { 'idempotency-key': newId() }
  const ping = () => shop.send(olga, `POST /admin/webhooks/${id}/ping`, { headers })
  const [one, other] = [await ping(), await ping()]
  assert.equal(one.text, other.text)
  await shop.attempt()
  const { status, attempt_log } = await shop.showDelivery(expectResponse(one, 202, DeliveryView))
  assert.deepEqual([status, attempt_log[0]?.excerpt, receiver.received.length], ['failed', 'no such path', 1])
  assert.equal((JSON.parse(receiver.received[0]?.body ?? '') as { type: string }).type, 'webhooks.ping.v1')
  await shop.send(olga, `PATCH /admin/webhooks/${id}`, { body: { is_active: false } })
  expectProblem(await shop.send(olga, `POST /admin/webhooks/${id}/ping`), 409, 'endpoint-inactive')
  expectProblem(await shop.send(olga, `POST /admin/webhooks/${newId()}/ping`), 404, 'not-found')
})

/** Starts a sender that stops after `grace` milliseconds, and sends an event to a receiver that answers once it is released. */
async function sendToSlowReceiver(grace: number) {
  const answer = Promise.withResolvers<{ status: number }>()
  const receiver = await receive(() => answer.promise)
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  const open = () => shop.elsewhere()
  const stop = await senderOf({ loop: new WakeableLoop(), open, close: async () => {}, grace }).start(quietLog)
  await eventually(() => assert.equal(receiver.received.length, 1))
  return { stop, release: () => answer.resolve({ status: 204 }), deliveries: () => shop.deliveriesTo(id) }
}

test('a stop ends the attempt at a receiver that hangs after its grace, and leaves its delivery open (CAT-15, PLT-20)', async () => {
  const { stop, deliveries } = await sendToSlowReceiver(100)
  const started = performance.now()
  await stop()
  const took = performance.now() - started
  assert.ok(took >= 99 && took < 3000, `the receiver has five seconds; the stop took ${took} ms`)
  const [delivery = assert.fail()] = await deliveries()
  const { status, attempt_log } = await shop.showDelivery(delivery)
  assert.deepEqual([status, attempt_log], ['pending', []], 'another process makes the attempt again')
})

test('a stop waits for an attempt that ends within its grace (CAT-15, PLT-20)', async () => {
  const { stop, release, deliveries } = await sendToSlowReceiver(seconds(4))
  const stopped = stop()
  release()
  await stopped
  assert.deepEqual(
    (await deliveries()).map(({ status }) => status),
    ['delivered'],
  )
})

test('the running shop sends an event by itself (CAT-15)', async () => {
  const receiver = await receive()
  const [background = assert.fail()] = shop.module.background ?? []
  await shop.addEndpoint({ url: receiver.url })
  const stop = await background.start(quietLog)
  try {
    await shop.pay()
    await eventually(() => assert.equal(receiver.received.length, 1))
  } finally {
    await stop()
  }
})
