import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { orderCreated, orderPaid } from '#ordering/events'
import { Page } from '#platform/schema'
import { anna, crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { EndpointView, EndpointWithSecret, EventTypeView } from './schema.ts'
import { openWebhooksTest, type WebhooksTest } from './testing.ts'

let shop: WebhooksTest
before(async () => {
  shop = await openWebhooksTest()
})
beforeEach(() => shop.pool.query('delete from webhooks.endpoints'))
after(() => shop.close())

const body = { url: 'https://erp.example.org/events', event_types: [orderPaid.type] }
const create = (more: object = {}, headers: Record<string, string> = {}) =>
  shop.send(olga, 'POST /admin/webhooks', { body: { ...body, ...more }, headers })

test('staff add, change and delete an endpoint, and see its secret once (CAT-15)', async () => {
  const created = expectResponse(await create({ contact_email: 'olga@example.com' }), 201, EndpointWithSecret)
  assert.match(created.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const path = `/admin/webhooks/${created.id}` as const
  const shown = await shop.send(olga, `GET ${path}`)
  assert.equal(expectResponse(shown, 200, EndpointView).url, body.url)
  const listed = await shop.send(olga, 'GET /admin/webhooks')
  assert.equal(expectResponse(listed, 200, Page(EndpointView)).total, 1)
  const change = { event_types: [orderPaid.type, orderCreated.type], is_active: false }
  const changed = await shop.send(olga, `PATCH ${path}`, { body: change })
  const { event_types, deactivated_reason } = expectResponse(changed, 200, EndpointView)
  assert.deepEqual([event_types, deactivated_reason], [change.event_types, 'staff'])
  for (const response of [shown, listed, changed]) assert.doesNotMatch(response.text, /whsec_|sealed/)
  const activated = await shop.send(olga, `PATCH ${path}`, { body: { is_active: true } })
  assert.equal(expectResponse(activated, 200, EndpointView).deactivated_reason, null)
  const { rows } = await shop.pool.query<{ sealed: string }>('select sealed from webhooks.secrets')
  assert.ok(rows.length === 1 && !rows[0]?.sealed.includes(created.secret.slice(6)), 'the database has no secret')
  assert.equal((await shop.send(olga, `DELETE ${path}`)).status, 204)
  expectProblem(await shop.send(olga, `DELETE ${path}`), 404, 'not-found')
  expectProblem(await shop.send(olga, `PATCH ${path}`, { body: change }), 404, 'not-found')
})

test('customers see no endpoint (CAT-15)', async () => {
  const { id } = expectResponse(await create(), 201, EndpointWithSecret)
  for (const request of ['GET /admin/webhooks', `GET /admin/webhooks/${id}`, `DELETE /admin/webhooks/${id}`] as const)
    expectProblem(await shop.send(anna, request), 403, 'forbidden')
  expectProblem(await shop.send(anna, 'POST /admin/webhooks', { body }), 403, 'forbidden')
})

test('an endpoint at a local or private address is refused when it is added and when it is changed (CAT-15, A10)', async () => {
  const wrong = {
    'http://example.org/events': 'not-https',
    'https://127.0.0.1/events': 'address-not-public',
    'https://2130706433/events': 'address-not-public',
    'https://[::ffff:10.0.0.1]/events': 'address-not-public',
    'https://example.org:5432/events': 'port-not-allowed',
    'https://user:secret@example.org/events': 'has-credentials',
    'file:///etc/passwd': 'malformed',
  }
  const strict = await shop.sendToStrict(olga, 'POST /admin/webhooks', { body })
  const { id } = expectResponse(strict, 201, EndpointWithSecret)
  for (const [url, reason] of Object.entries(wrong)) {
    expectProblem(await shop.sendToStrict(olga, 'POST /admin/webhooks', { body: { ...body, url } }), 400, reason)
    expectProblem(await shop.sendToStrict(olga, `PATCH /admin/webhooks/${id}`, { body: { url } }), 400, reason)
  }
  const shown = await shop.send(olga, `GET /admin/webhooks/${id}`)
  assert.equal(expectResponse(shown, 200, EndpointView).url, body.url)
})

test('a repeated creation is one endpoint with one secret, and an id has one owner (CAT-15)', async () => {
  const id = newId()
  const made = await crowd(4, () => create({ id }))
  const secrets = made.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return expectResponse(one.value, 201, EndpointWithSecret).secret
  })
  assert.equal(new Set(secrets).size, 1)
  expectProblem(await create({ id, description: 'Another' }), 409, 'id-taken')
  const headers = { 'idempotency-key': newId() }
  const [first, second] = [await create({}, headers), await create({}, headers)]
  assert.equal(second.text, first.text)
  const { rows } = await shop.pool.query('select from webhooks.endpoints')
  assert.equal(rows.length, 2)
  await shop.assertNoViolations()
})

test('there are at most thirty endpoints, also when many requests come at once (CAT-15)', async () => {
  const results = await crowd(34, () => create())
  const statuses = results.map((one) => (one.status === 'fulfilled' ? one.value.status : 0))
  assert.deepEqual([statuses.filter((s) => s === 201).length, statuses.filter((s) => s === 409).length], [30, 4])
  expectProblem(await create(), 409, 'too-many-endpoints')
})

test('an unknown event and an empty list of events are refused; staff read which there are (CAT-15)', async () => {
  for (const event_types of [[], ['catalog.nothing.v1'], [orderPaid.type, orderPaid.type]])
    expectProblem(await create({ event_types }), 400, 'validation-failed')
  const types = await shop.send(olga, 'GET /admin/webhooks/event-types?page_size=100')
  const { items } = expectResponse(types, 200, Page(EventTypeView))
  const paid = items.find(({ type }) => type === orderPaid.type) ?? assert.fail()
  const { properties } = paid.data_schema as { properties: object }
  assert.deepEqual(Object.keys(properties), ['order_id', 'payment_id'])
})
