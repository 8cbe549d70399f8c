import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { hours, newId } from '#platform/values'
import { NewSecret } from '../schema.ts'
import { openReceiver, openWebhooksTest, type WebhooksTest } from '../testing.ts'

let shop: WebhooksTest
let receiver: Awaited<ReturnType<typeof openReceiver>>
before(async () => {
  receiver = await openReceiver()
  shop = await openWebhooksTest()
})
beforeEach(() => shop.pool.query('delete from webhooks.endpoints'))
after(async () => {
  await shop.close()
  await receiver.close()
})

const rotate = (id: string, body: object = {}, headers: Record<string, string> = {}) =>
  shop.send(olga, `POST /admin/webhooks/${id}/secret`, { body, headers })

/** True when a receiver that has this secret accepts the last request. The library reads the clock, which is stopped here. */
function accepts(secret: string): boolean {
  const { headers, body } = receiver.received.at(-1) ?? assert.fail('nothing was received')
  const at = new Date(Number(headers['webhook-timestamp']) * 1000)
  const ours = new Webhook(secret).sign(String(headers['webhook-id']), at, body)
  return String(headers['webhook-signature']).split(' ').includes(ours)
}

test('requests have the signatures of both secrets until the earlier one expires (CAT-15)', async () => {
  const { id, secret: first } = await shop.addEndpoint({ url: receiver.url })
  const rotated = expectResponse(await rotate(id, { overlap_hours: 2 }), 201, NewSecret)
  assert.equal(rotated.previous_secret_expires_at, new Date(shop.now().getTime() + hours(2)).toISOString())
  await shop.pay()
  await shop.attempt()
  assert.deepEqual([accepts(first), accepts(rotated.secret)], [true, true])
  shop.advance(hours(2))
  await shop.pay()
  await shop.attempt()
  assert.deepEqual([accepts(first), accepts(rotated.secret)], [false, true])
  await shop.assertNoViolations()
})

test('a stolen secret ends at once (CAT-15)', async () => {
  const { id, secret: stolen } = await shop.addEndpoint({ url: receiver.url })
  const { secret } = expectResponse(await rotate(id, { overlap_hours: 0 }), 201, NewSecret)
  await shop.pay()
  await shop.attempt()
  assert.deepEqual([accepts(stolen), accepts(secret)], [false, true])
})

test('three secrets are valid at most, also when rotations come at once; a repeat rotates once (CAT-15)', async () => {
  const { id, secret } = await shop.addEndpoint({ url: receiver.url })
  const results = await crowd(5, () => rotate(id))
  const statuses = results.map((one) => (one.status === 'fulfilled' ? one.value.status : 0))
  assert.deepEqual(
    [201, 409].map((status) => statuses.filter((one) => one === status).length),
    [2, 3],
  )
  expectProblem(await rotate(id), 409, 'too-many-secrets')
  await shop.pay()
  await shop.attempt()
  assert.equal(accepts(secret), true, 'the first secret is not lost')
  shop.advance(hours(25))
  const headers = { 'idempotency-key': newId() }
  const [one, other] = [await rotate(id, {}, headers), await rotate(id, {}, headers)]
  assert.equal(other.text, one.text)
  const { rows } = await shop.pool.query('select from webhooks.secrets where endpoint_id = $1', [id])
  assert.equal(rows.length, 2)
  expectProblem(await rotate(newId()), 404, 'not-found')
})
