import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, eventually, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import {
  ChecksView,
  DecisionView,
  OperationPage,
  OutboxView,
  ParkedMessagePage,
  RetriedView,
  SagaPage,
  SagaView,
} from '../../apps/operator/schema.ts'
import { guest, openShop, staff, topology, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, toPickup } from './purchase-steps.ts'

// A service answers below its own prefix: the gateway has no routes of the whole shop.
const skip = topology !== 'one'
let shop: Shop
before(async () => {
  shop = await openShop()
})
after(() => shop.close())

/** A new customer orders one packet of tea. */
async function orderTea() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  return { id, as }
}

/** The same from the cart, which loses the items when it handles the order. */
async function orderCart() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  expectResponse(await shop.send(as, 'POST /cart/items', { body: { variant_id, quantity: 1 } }), 200)
  return { id: (await placeOrder(shop, as, toPickup)).id, as }
}

const status = async () => expectResponse(await shop.send(staff, 'GET /admin/outbox'), 200, OutboxView)
const messages = async (query: string) =>
  expectResponse(await shop.send(staff, `GET /admin/outbox/messages?${query}`), 200, ParkedMessagePage)
const reason = 'the supplier answers again'
const decide = (group: string, id: string, action: 'retry' | 'skip' | 'replay', headers = {}) =>
  shop.send(staff, `POST /admin/outbox/groups/${group}/messages/${id}/${action}`, { body: { reason }, headers })

type Parked = Readonly<{ group: string; key: string; state: string; count?: number; type?: string }>
/** Sets messages aside as if their handlers had failed. Returns their ids in the order of their failures. */
async function parkMessages({ group, key, state, count = 1, type = 'ordering.order-paid.v1' }: Parked) {
  const ids = Array.from({ length: count }, () => newId())
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state, first_failed_at)
    select ${group}, id, 900000000 + n, current_date, ${key}, ${type}, ${state}, now() + n * interval '1 microsecond'
    from unnest(${ids}::uuid[]) with ordinality as parked (id, n)
  `.execute(shop.app.db)
  return ids as [string, ...string[]]
}

test('operators and admins see the groups, customers and guests do not (PLT-6)', { skip }, async () => {
  await eventually(async () => {
    const { groups } = await status()
    const ordering = groups.find(({ group }) => group === 'ordering')
    assert.deepEqual([ordering?.led, ordering?.dead], [true, 0])
  })
  expectProblem(await shop.send(guest, 'GET /admin/outbox'), 401, 'unauthorized')
  const customer = await shop.customer()
  expectProblem(await shop.send(customer, 'GET /admin/outbox'), 403, 'forbidden')
  expectProblem(await shop.send(customer, 'GET /admin/sagas'), 403, 'forbidden')
  const path = `POST /admin/outbox/groups/cart/messages/${newId()}/skip` as const
  expectProblem(await shop.send(customer, path, { body: { reason } }), 403, 'forbidden')
  const { rows } = await sql<{ permission: string }>`
    select permission from identity.role_permissions where role = 'operator' and permission like 'outbox.%' order by 1
  `.execute(shop.app.db)
  assert.deepEqual(
    rows.map(({ permission }) => permission),
    ['outbox.read', 'outbox.write'],
  )
})

test('the status lists messages of types that no release knows (PLT-6, PLT-5)', { skip }, async () => {
  await parkMessages({ group: 'ingest', key: 'tip', state: 'retry', count: 2, type: 'shop.tip-given.v1' })
  const { unknown_types } = await status()
  assert.deepEqual(
    unknown_types.map(({ event_type, messages: count }) => [event_type, count]),
    [['shop.tip-given.v1', 2]],
  )
})

test('the list of messages has filters and pages by cursor (PLT-6)', { skip }, async () => {
  const ids = await parkMessages({ group: 'herald', key: 'pages', state: 'dead', count: 5 })
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await messages(`group=herald&state=dead&page_size=2${cursor && `&cursor=${cursor}`}`)
    assert.equal(page.total, 5)
    seen.push(...page.items.map(({ event_id }) => event_id))
    cursor = page.next_cursor ?? ''
  } while (cursor !== '')
  assert.deepEqual(seen, ids)
  assert.equal((await messages('group=herald&type=ordering.order-fulfilled.v1')).total, 0)
  const cursors = [['2026-02-30T00:00:00.000000Z', newId(), 'herald'], ['now', newId(), 'herald'], [1]]
  for (const bad of cursors) {
    const text = Buffer.from(JSON.stringify(bad)).toString('base64url')
    expectProblem(await shop.send(staff, `GET /admin/outbox/messages?cursor=${text}`), 400, 'bad-cursor')
  }
})

test('an operator retries and skips messages once, with a reason on record (PLT-6)', { skip }, async () => {
  const key = newId()
  const [first, second] = await parkMessages({ group: 'herald', key, state: 'dead', count: 2 })
  await sql`update platform.parked set state = 'behind' where event_id = ${second}`.execute(shop.app.db)
  assert.equal((await messages('group=herald')).items.find(({ event_id }) => event_id === first)?.held_up, 1)
  expectProblem(await decide('herald', second as string, 'retry'), 409, 'behind-another')
  const attempts = await crowd(6, () => decide('herald', first, 'skip'))
  const codes = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value.status : 0))
  assert.deepEqual([codes.filter((code) => code === 200).length, codes.filter((code) => code === 409).length], [1, 5])
  expectProblem(await decide('herald', first, 'skip'), 409, 'not-parked')
  const headers = { 'idempotency-key': `retry-${key}` }
  const retried = await decide('herald', second as string, 'retry', headers)
  expectResponse(retried, 200, DecisionView)
  const again = await decide('herald', second as string, 'retry', headers)
  assert.equal(again.headers['idempotent-replay'], 'true')
  const { items } = expectResponse(await shop.send(staff, 'GET /admin/outbox/operations'), 200, OperationPage)
  assert.deepEqual(
    items
      .filter(({ group }) => group === 'herald')
      .map(({ action, event_id, ...record }) => [action, event_id, record.reason]),
    [
      ['retry', second, reason],
      ['skip', first, reason],
    ],
  )
  assert.ok(items.every(({ who }) => who.length > 0))
})

test('an operator retries all dead messages of a group (PLT-6)', { skip }, async () => {
  await parkMessages({ group: 'crier', key: newId(), state: 'dead', count: 3 })
  const body = { reason, type: 'ordering.order-paid.v1' }
  const retried = await shop.send(staff, 'POST /admin/outbox/groups/crier/retry', { body })
  assert.equal(expectResponse(retried, 200, RetriedView).count, 3)
  assert.equal((await messages('group=crier&state=dead')).total, 0)
})

test(
  'a group handles an event once more when an operator replays it, and no other group does (PLT-6)',
  { skip },
  async () => {
    const { id } = await orderCart()
    const { rows } = await sql<{ event_id: string }>`
    select event_id from platform.event where type = 'ordering.order-created.v1' and partition_key = ${id}
  `.execute(shop.app.db)
    const event_id = rows[0]?.event_id ?? assert.fail()
    const handledAt = async (group: string) =>
      (
        await sql<{ at: string }>`
        select handled_at::text as at from platform.inbox where consumer_group = ${group} and event_id = ${event_id}
      `.execute(shop.app.db)
      ).rows[0]?.at
    const before = await eventually(async () => (await handledAt('cart')) ?? assert.fail())
    const attempts = await crowd(4, () => decide('cart', event_id, 'replay'))
    const done = attempts.filter((attempt) => attempt.status === 'fulfilled' && attempt.value.status === 200)
    assert.ok(done.length >= 1)
    await eventually(async () => assert.ok(((await handledAt('cart')) ?? '') > before))
    const { rows: published } = await sql<{ count: number }>`
    select count(*)::int as count from platform.event where event_id = ${event_id}
  `.execute(shop.app.db)
    assert.equal(published[0]?.count, 1 + done.length, 'each replay that was accepted is one event of the log')

    expectProblem(await decide('cart', newId(), 'replay'), 404, 'not-found')
    expectProblem(await decide('dispatch', event_id, 'replay'), 409, 'not-subscribed')
    const [parked] = await parkMessages({ group: 'cart', key: id, state: 'dead' })
    expectProblem(await decide('cart', event_id, 'replay'), 409, 'parked')
    expectResponse(await decide('cart', parked, 'skip'), 200, DecisionView)
  },
)

test('an operator finds the saga of an order and reads its history (PLT-6, ORD-5)', { skip }, async () => {
  const order = await orderTea()
  await orderBecomes(shop, order, 'processing')
  const list = async (query: string) =>
    expectResponse(await shop.send(staff, `GET /admin/sagas?${query}`), 200, SagaPage)
  const found = (await list('page_size=100')).items.find(({ key }) => key === order.id) ?? assert.fail()
  assert.equal(found.status, 'running')
  assert.ok((await list(`state=${found.state}&page_size=100`)).items.some(({ key }) => key === order.id))
  await sql`update platform.saga set status = 'needs_operator', timeout_at = null where key = ${order.id}`.execute(
    shop.app.db,
  )
  const waiting = await list('needs_operator=true')
  assert.deepEqual(
    waiting.items.map(({ key }) => key),
    [order.id],
  )
  const path = `GET /admin/sagas/${found.type}/${order.id}` as const
  const { history } = expectResponse(await shop.send(staff, path), 200, SagaView)
  assert.equal(history[0]?.trigger, 'start')
  expectProblem(await shop.send(staff, `GET /admin/sagas/${found.type}/${newId()}`), 404, 'not-found')
  await sql`update platform.saga set status = 'running' where key = ${order.id}`.execute(shop.app.db)
})

test('an operator runs the invariants, and a crowd runs them once (PLT-22)', { skip }, async () => {
  const answers = await crowd(5, () => shop.send(staff, 'GET /admin/checks'))
  const checks = answers.map((answer) =>
    answer.status === 'fulfilled' ? expectResponse(answer.value, 200, ChecksView) : assert.fail(),
  )
  assert.equal(new Set(checks.map(({ checked_at }) => checked_at)).size, 1)
  const names = checks[0]?.checks.map(({ name }) => name) ?? []
  assert.ok(names.includes('saga.none-overdue') && names.includes('events.no-dead-message'))
})
