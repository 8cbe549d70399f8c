import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { orderPaid } from '#ordering/events'
import { expectProblem, expectResponse, olga, violationsOf } from '#platform/testing'
import { hours, newId } from '#platform/values'
import { EndpointView, EndpointWithSecret, NewSecret } from '../schema.ts'
import { openReceiver, openWebhooksTest, type WebhooksTest } from '../testing.ts'

let shop: WebhooksTest
let changed: Awaited<ReturnType<WebhooksTest['withOtherSecret']>>
let receiver: Awaited<ReturnType<typeof openReceiver>>
before(async () => {
  receiver = await openReceiver()
  shop = await openWebhooksTest()
  changed = await shop.withOtherSecret()
})
beforeEach(() => shop.pool.query('delete from webhooks.endpoints'))
after(async () => {
  await changed.close()
  await shop.close()
  await receiver.close()
})

const attempt = async () => {
  const started = await changed.sender.send()
  await changed.sender.idle()
  assert.deepEqual(shop.failures, [])
  return started
}

test('after WEBHOOK_SECRET has changed, a delivery fails like any other and says why (CAT-15, SEC-4)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  let attempts = 0
  for (; attempts < 20 && (await attempt()) > 0; attempts++) shop.advance(hours(13))
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  assert.deepEqual([attempts, delivery.status, delivery.attempts], [8, 'failed', 8])
  const { attempt_log } = await shop.showDelivery(delivery)
  assert.equal(attempt_log.length, 8)
  assert.match(attempt_log[0]?.reason ?? '', /^WEBHOOK_SECRET is not the one .* restore the earlier value, or request/)
  const shown = expectResponse(await shop.send(olga, `GET /admin/webhooks/${id}`), 200, EndpointView)
  assert.ok(shown.failing_since !== null, 'the endpoint is failing')
  assert.equal(receiver.received.length, 0, 'no request without a signature')
})

test('the checks name the endpoints whose secret cannot be read (CAT-15, SEC-4)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.assertNoViolations()
  const violations = await violationsOf(changed.module)
  assert.deepEqual(
    violations.map((one) => ({ ...one, reason: undefined })),
    [{ endpoint_id: id, reason: undefined }],
  )
  assert.match(JSON.stringify(violations), /WEBHOOK_SECRET is not the one/)
})

test('a new secret makes deliveries work again, with its own signature alone (CAT-15, SEC-4)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  expectResponse(await changed.send(olga, `POST /admin/webhooks/${id}/secret`, { body: {} }), 201, NewSecret)
  assert.deepEqual(await violationsOf(changed.module), [])
  await shop.pay()
  await attempt()
  const [delivery = assert.fail()] = await shop.deliveriesTo(id)
  assert.equal(delivery.status, 'delivered')
  assert.equal(String(receiver.received.at(-1)?.headers['webhook-signature']).split(' ').length, 1)
})

test('a repeated creation does not return a secret that cannot be read (CAT-15, SEC-4)', async () => {
  const body = { id: newId(), url: receiver.url, event_types: [orderPaid.type] }
  expectResponse(await shop.send(olga, 'POST /admin/webhooks', { body }), 201, EndpointWithSecret)
  expectProblem(await changed.send(olga, 'POST /admin/webhooks', { body }), 409, 'secret-lost')
})
