import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse, openTestApi, responseOf, type TestApi, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import type { Webhook } from '../provider.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { sandboxWebhooks } from '../providers/sandbox-webhook.ts'
import { WebhookView } from '../schema.ts'
import { namesOf, openPaymentsTest, sandboxWebhookSecret, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
let bank: Sandbox
before(async () => {
  shop = await openPaymentsTest()
  bank = sandbox({ db: shop.db, mode: 'page', webhookSecret: sandboxWebhookSecret })
})
after(() => shop.close())

const { sign } = sandboxWebhooks(sandboxWebhookSecret)
const about = ({ event_id }: Order, more: object = {}) => sign({ id: newId(), payment_id: event_id, ...more })

async function send({ headers, body }: Webhook, { provider = 'sandbox', api = shop.api } = {}) {
  const url = `/api/v1/payments/webhooks/${provider}`
  const payload = Buffer.from(body)
  const all = { 'content-type': 'application/json', 'accept-language': 'en', ...(headers as Record<string, string>) }
  return responseOf(`POST ${url}`, await api.http.inject({ method: 'POST', url, headers: all, payload }))
}
const received = async (webhook: Webhook) => expectResponse(await send(webhook), 200, WebhookView)

/** Payments with a changed sandbox bank, and the API of it. */
async function withBank(changes: Partial<Provider>, work: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await openTestApi([shop.moduleWith({ provider: { ...bank, ...changes } })])
  await work(api).finally(api.close)
}

test('a signed webhook about a paid order completes its payment (PAY-4)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  assert.deepEqual(await received(about(order)), { payment_id: order.event_id, result: 'settled' })
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertNoViolations()
})

test('a webhook that claims a success is not believed: the bank is read (PAY-3, PAY-4)', async () => {
  const order = await shop.startedOrder()
  const claim = { status: 'succeeded', amount: order.amount, currency: 'RUB' }
  assert.equal((await received(about(order, claim))).result, 'unchanged')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
})

test('a webhook without a signature, with a wrong one, or with a changed body is refused (PAY-4)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  const signed = about(order)
  const changed = Buffer.concat([signed.body, Buffer.from(' ')])
  const otherSecret = sandboxWebhooks('another secret').sign({ id: newId(), payment_id: order.event_id })
  expectProblem(await send({ ...signed, headers: {} }), 401, 'bad-signature')
  expectProblem(await send({ ...signed, headers: { 'x-sandbox-signature': 'ü'.repeat(64) } }), 401, 'bad-signature')
  expectProblem(await send({ ...signed, body: changed }), 401, 'bad-signature')
  expectProblem(await send(otherSecret), 401, 'bad-signature')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  assert.equal((await received(signed)).result, 'settled')
})

test('a webhook that overtakes the books of the bank is read again when it comes again (PAY-4)', async () => {
  const order = await shop.startedOrder()
  const webhook = about(order)
  assert.equal((await received(webhook)).result, 'unchanged')
  await bank.decide(order.event_id, 'succeeded')
  assert.equal((await received(webhook)).result, 'settled')
})

test('one webhook id about two payments is two webhooks (PAY-4)', async () => {
  const [first, second] = [await shop.startedOrder(), await shop.startedOrder()]
  const id = newId()
  for (const order of [first, second]) {
    await bank.decide(order.event_id, 'succeeded')
    assert.equal((await received(about(order, { id }))).result, 'settled')
  }
})

test('a webhook that comes again is answered without a second read at the bank (PAY-4)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  let reads = 0
  const query: Provider['query'] = async (key) => (reads++, await bank.query(key))
  const webhook = about(order)
  await withBank({ query }, async (api) => {
    assert.equal(expectResponse(await send(webhook, { api }), 200, WebhookView).result, 'settled')
    assert.equal(expectResponse(await send(webhook, { api }), 200, WebhookView).result, 'duplicate')
  })
  assert.equal(reads, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
})

test('one webhook that comes twenty times at once completes the payment once (PAY-4, REL-5)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  const webhook = about(order)
  const responses = await crowd(20, () => received(webhook))
  for (const response of responses) assert.equal(response.status, 'fulfilled')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  await shop.assertNoViolations()
})

test('webhooks that arrive in the wrong order leave the payment as the bank has it (PAY-4)', async () => {
  const order = await shop.startedOrder()
  const [processing, succeeded] = [about(order, { status: 'processing' }), about(order, { status: 'succeeded' })]
  await bank.decide(order.event_id, 'processing')
  await bank.decide(order.event_id, 'succeeded')
  assert.equal((await received(succeeded)).result, 'settled')
  assert.equal((await received(processing)).result, 'unchanged')
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'completed')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
})

test('a webhook that overtakes its payment is refused, and its repeat is taken (PAY-4)', async () => {
  const order = shop.newOrder()
  const webhook = about(order)
  expectProblem(await send(webhook), 404, 'not-found')
  await shop.publish(shop.requested(order))
  await shop.deliver()
  await bank.decide(order.event_id, 'succeeded')
  assert.equal((await received(webhook)).result, 'settled')
})

test('a webhook about a payment of another provider is refused (PAY-4)', async () => {
  const order = await shop.startedOrder(500, 'cash_on_delivery')
  expectProblem(await send(about(order)), 404, 'not-found')
})

test('a charge of another amount or currency is refused and completes nothing (PAY-4)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  for (const difference of [{ amount: 1 }, { currency: 'USD' }]) {
    const query: Provider['query'] = async (key) => {
      const charge = await bank.query(key)
      return charge && { ...charge, ...difference }
    }
    await withBank({ query }, async (api) => {
      expectProblem(await send(about(order), { api }), 409, 'charge-differs')
    })
  }
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  assert.equal((await received(about(order))).result, 'settled')
})

test('an unknown provider and a provider without webhooks are not found (PAY-4)', async () => {
  const webhook = about(shop.newOrder())
  for (const provider of ['nobank', 'cash']) {
    assert.match(expectProblem(await send(webhook, { provider }), 404, 'not-found').detail, /payment provider/)
  }
})

test('a signed webhook that names no payment is refused (PAY-4)', async () => {
  for (const body of [{}, { id: newId() }, { id: newId(), payment_id: "'--" }]) {
    expectProblem(await send(sign(body)), 400, 'malformed-webhook')
  }
})

test('a bank that does not answer the read gets its webhook refused, and its repeat taken (PAY-6)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  const webhook = about(order)
  await withBank({ query: () => Promise.reject(new ProviderUnavailable('sandbox')) }, async (api) => {
    const response = await send(webhook, { api })
    expectProblem(response, 503, 'provider-unavailable')
    assert.equal(response.headers['retry-after'], '5')
  })
  assert.equal((await received(webhook)).result, 'settled')
})

test('webhooks older than a month are deleted (PAY-4)', async () => {
  const [old, young] = [await shop.startedOrder(), await shop.startedOrder()]
  for (const order of [old, young]) {
    await bank.decide(order.event_id, 'succeeded')
    await received(about(order))
  }
  await shop.pool.query(`update payments.webhooks set received_at = now() - interval '31 days' where payment_id = $1`, [
    old.event_id,
  ])
  await runJob(shop.module, 'payments.delete-old-webhooks')
  const { rows } = await shop.pool.query('select payment_id from payments.webhooks where payment_id = any($1)', [
    [old.event_id, young.event_id],
  ])
  assert.deepEqual(rows, [{ payment_id: young.event_id }])
})
