import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  adminMachine,
  anna,
  bearer,
  courier,
  crowd,
  olga,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import { newId } from '#platform/values'
import { ordersOn } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
let orders: ReturnType<typeof ordersOn>
before(async () => {
  database = await testDatabase()
  orders = ordersOn(database.db)
  http = await testServer([orders.module])
})
after(async () => {
  await http.close()
  await database.close()
})

const carrier = { ...courier, permissions: ['delivery.deliver'] }

async function owed(method: 'courier' | 'pickup' = 'courier') {
  const order_id = await orders.owe({ method })
  await orders.subscribe()
  return { order_id, id: (await orders.kept(order_id))?.id ?? '' }
}
const deliver = (id: string, caller: Parameters<typeof bearer>[0] = olga, payload?: object) =>
  http.inject({
    method: 'POST',
    url: `/api/v1/delivery/${id}/deliver`,
    headers: { authorization: bearer(caller) },
    ...(payload && { payload }),
  })
const advance = (id: string, payload: object) =>
  http.inject({
    method: 'POST',
    url: `/api/v1/admin/shipments/${id}/status`,
    headers: { authorization: bearer(olga) },
    payload,
  })
const violations = async () =>
  (await Promise.all((orders.module.checks ?? []).map((check) => check.violations()))).flat()

test('twenty couriers hand over the same parcel at once: it is told once (DLV-6)', async () => {
  const { id, order_id } = await owed()
  // All twenty stand at the door before it opens: left to chance, they came one after the other.
  const { coming } = await transaction(database.db, async (tx) => {
    await sql`select from delivery.shipments where id = ${id} for update`.execute(tx)
    const coming = crowd(20, () => deliver(id, carrier))
    await sleep(300)
    return { coming }
  })
  const hands = await coming
  assert.ok(hands.every((hand) => hand.status === 'fulfilled' && hand.value.statusCode === 200))
  assert.deepEqual(await orders.told(order_id), ['created pending', 'pending>delivered', 'delivered'])
  assert.deepEqual(await violations(), [])
})

test('staff deliver a pending parcel, the admin machine too; a customer does not (DLV-1)', async () => {
  const [one, other] = [await owed(), await owed()]
  assert.equal((await deliver(one.id, anna)).statusCode, 403)
  const delivered = await deliver(one.id)
  assert.deepEqual([delivered.statusCode, delivered.json().status], [200, 'delivered'])
  assert.ok(delivered.json().delivered_at)
  assert.equal((await deliver(other.id, adminMachine)).statusCode, 200)
  assert.equal((await deliver(newId())).statusCode, 404)
})

test('a repeat with the same Idempotency-Key gets the same answer (DLV-1)', async () => {
  const { id } = await owed()
  const headers = { authorization: bearer(olga), 'idempotency-key': newId() }
  const repeat = () => http.inject({ method: 'POST', url: `/api/v1/delivery/${id}/deliver`, headers })
  const [first, second] = [await repeat(), await repeat()]
  assert.equal(second.headers['idempotent-replay'], 'true')
  assert.equal(second.body, first.body)
})

test('a courier asks for the code of a pickup (DLV-3)', async () => {
  const { id } = await owed('pickup')
  const own = await http.inject({ url: `/api/v1/delivery/${id}`, headers: { authorization: bearer(anna) } })
  const code: string = own.json().pickup_code
  const wrong = code === '000000' ? '000001' : '000000'
  assert.deepEqual((await deliver(id, carrier)).json().code, 'code-missing')
  assert.deepEqual((await deliver(id, carrier, { code: wrong })).json().code, 'wrong-code')
  assert.deepEqual((await deliver(id, olga, { code: wrong })).json().code, 'wrong-code')
  assert.equal((await deliver(id, carrier, { code })).statusCode, 200)
})

test('a parcel goes its way step by step and a forbidden step answers with the allowed ones (DLV-2)', async () => {
  const { id, order_id } = await owed()
  assert.equal((await advance(id, { status: 'handed_over', tracking_number: 'RB1' })).statusCode, 200)
  assert.equal((await advance(id, { status: 'in_transit' })).statusCode, 200)
  assert.equal((await advance(id, { status: 'in_transit' })).statusCode, 200, 'being there is no fault')
  const back = await advance(id, { status: 'pending' })
  assert.deepEqual([back.statusCode, back.json().code], [409, 'not-allowed'])
  assert.deepEqual(back.json().allowed, ['out_for_delivery', 'delivered', 'failed'])
  assert.equal((await advance(id, { status: 'cancelled' })).statusCode, 409)
  assert.equal((await advance(id, { status: 'out_for_delivery' })).statusCode, 200)
  assert.equal((await advance(id, { status: 'failed', reason: 'nobody home' })).json().failed_because, 'nobody home')
  assert.equal((await deliver(id)).json().code, 'not-allowed')
  const returned = (await advance(id, { status: 'returned' })).json()
  assert.deepEqual([returned.failed_because, returned.tracking_number], ['nobody home', 'RB1'])
  assert.deepEqual(
    returned.timeline.map(({ status }: { status: string }) => status),
    ['pending', 'handed_over', 'in_transit', 'out_for_delivery', 'failed', 'returned'],
  )
  assert.deepEqual(await orders.told(order_id), [
    'created pending',
    'pending>handed_over',
    'handed_over>in_transit',
    'in_transit>out_for_delivery',
    'out_for_delivery>failed',
    'failed nobody home',
    'failed>returned',
  ])
  assert.deepEqual(await violations(), [])
})

test('an order that staff closed by hand is delivered, and telling so goes round in no circle (DLV-6)', async () => {
  const { order_id } = await owed()
  await orders.close(order_id)
  await orders.close(order_id)
  await orders.subscribe()
  assert.deepEqual(await orders.told(order_id), ['created pending', 'pending>delivered', 'delivered'])
  await orders.close(newId())
  await orders.subscribe()
})

test('the database itself refuses a delivered parcel without its hour (DLV-2)', async () => {
  const { id } = await owed()
  await assert.rejects(
    sql`update delivery.shipments set status = 'delivered' where id = ${id}`.execute(database.db),
    /status_has_its_facts/,
  )
  await assert.rejects(
    sql`update delivery.shipments set method = null where id = ${id}`.execute(database.db),
    /tombstone_or_shipment/,
  )
})
