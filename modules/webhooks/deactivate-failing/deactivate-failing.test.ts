import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectResponse, olga, runJob } from '#platform/testing'
import { days, hours, seconds } from '#platform/values'
import { EndpointView } from '../schema.ts'
import { deactivateFailing } from './deactivate-failing.ts'
import { openReceiver, openWebhooksTest, type WebhooksTest } from '../testing.ts'

let shop: WebhooksTest
let isAway = true
let receiver: Awaited<ReturnType<typeof openReceiver>>
before(async () => {
  receiver = await openReceiver(() => ({ status: isAway ? 503 : 200 }))
  shop = await openWebhooksTest()
})
after(async () => {
  await shop.close()
  await receiver.close()
})

const run = (name: string) => runJob(shop.module, `webhooks.${name}`)
const show = async (id: string) => expectResponse(await shop.send(olga, `GET /admin/webhooks/${id}`), 200, EndpointView)

test('an endpoint that fails for five days is deactivated once, and goes on after its repair (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url, contact_email: 'olga@example.com' })
  await shop.pay()
  await shop.attempt()
  assert.notEqual((await show(id)).failing_since, null)
  shop.advance(days(5) - seconds(1))
  await run('deactivate-failing')
  assert.equal((await show(id)).is_active, true)
  shop.advance(seconds(1))
  await crowd(3, () => run('deactivate-failing'))
  assert.equal((await show(id)).deactivated_reason, 'failing')
  assert.equal(shop.mails.length, 1)
  assert.equal(await shop.attempt(), 0, 'nothing is sent to an inactive endpoint')
  isAway = false
  await shop.send(olga, `PATCH /admin/webhooks/${id}`, { body: { is_active: true } })
  assert.equal((await show(id)).failing_since, null)
  assert.equal(await shop.attempt(), 1)
  assert.equal((await shop.deliveriesTo(id, '?status=delivered')).length, 1)
})

test('a success in between ends the count of days (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  isAway = true
  await shop.pay()
  await shop.attempt()
  isAway = false
  shop.advance(hours(1))
  await shop.attempt()
  assert.equal((await show(id)).failing_since, null)
  shop.advance(days(6))
  await run('deactivate-failing')
  assert.equal((await show(id)).is_active, true)
})

test('the log of deliveries goes back thirty days (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  await shop.pay()
  await shop.attempt()
  shop.advance(days(20))
  await shop.pay()
  shop.advance(days(11))
  await run('delete-old-deliveries')
  assert.equal((await shop.deliveriesTo(id)).length, 1)
  const { rows } = await shop.pool.query('select from webhooks.messages')
  assert.equal(rows.length, 1)
})

test('an endpoint that accepts events more slowly than the shop has them is deactivated (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url: receiver.url })
  const limited = deactivateFailing({ db: shop.db, now: shop.now, deactivate: shop.deactivate, maxBacklog: 2 })
  for (let i = 0; i < 2; i++) await shop.pay()
  await limited()
  assert.equal((await show(id)).is_active, true)
  await shop.pay()
  await limited()
  assert.equal((await show(id)).deactivated_reason, 'backlog')
})
