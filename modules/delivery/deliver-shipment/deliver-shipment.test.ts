import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { adminMachine, anna, courier, crowd, eventually, expectProblem, expectResponse, olga } from '#platform/testing'
import type { Caller } from '#platform/access'
import { newId } from '#platform/values'
import { ShipmentView, StaffShipmentView } from '../schema.ts'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

const permittedCourier = { ...courier, permissions: ['delivery.deliver'] }

const deliver = (id: string, caller: Caller = olga, body?: object) =>
  shop.api.send(caller, `POST /delivery/${id}/deliver`, body ? { body } : {})
const setStatus = (id: string, body: object) => shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body })
const statusSet = async (id: string, body: object) => expectResponse(await setStatus(id, body), 200, StaffShipmentView)

test('twenty couriers hand over one parcel at once: one delivery is published (DLV-6)', async () => {
  const { id, order_id, pickup_code } = await shop.createdShipment('pickup')
  const code = { code: pickup_code ?? '' }
  const { deliveries } = await transaction(shop.db, async (tx) => {
    await sql`select from delivery.shipments where id = ${id} for update`.execute(tx)
    const deliveries = crowd(20, async () => expectResponse(await deliver(id, permittedCourier, code), 200))
    await eventually(async () => {
      const { rows } = await sql<{ waiting: number }>`
        select count(*) as waiting from pg_locks
        where not granted and database = (select oid from pg_database where datname = current_database())
      `.execute(tx)
      assert.ok((rows[0]?.waiting ?? 0) >= 5, 'several couriers wait for the lock')
    })
    return { deliveries }
  })
  for (const each of await deliveries) assert.equal(each.status, 'fulfilled')
  assert.deepEqual(await shop.eventsOf(order_id), [
    'created ready_for_pickup',
    'ready_for_pickup>delivered',
    'delivered',
  ])
  await shop.assertNoViolations()
})

test("a courier's role alone neither delivers nor shows a parcel that its courier carries (DLV-1, DSP-10)", async () => {
  const { id, order_id } = await shop.createdShipment()
  const refused = async () => {
    expectProblem(await deliver(id, permittedCourier), 403, 'no-pickup-code')
    expectProblem(await deliver(id, permittedCourier, { code: '000000' }), 403, 'no-pickup-code')
  }
  await refused()
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
  for (const path of [`/delivery/${id}`, `/delivery/order/${order_id}`] as const)
    expectProblem(await shop.api.send(permittedCourier, `GET ${path}`), 404, 'not-found')
  expectResponse(await deliver(id), 200)
  await refused()
})

test('a courier who repeats a delivery without the code does not see the shipment (DLV-3)', async () => {
  const { id, pickup_code } = await shop.createdShipment('pickup')
  const wrong = { code: pickup_code === '000000' ? '000001' : '000000' }
  expectResponse(await deliver(id), 200)
  expectProblem(await deliver(id, permittedCourier), 409, 'code-missing')
  expectProblem(await deliver(id, permittedCourier, wrong), 409, 'wrong-code')
  expectResponse(await deliver(id, permittedCourier, { code: pickup_code ?? '' }), 200)
  expectResponse(await deliver(id, olga, wrong), 200)
})

test('staff and the admin machine deliver a pending parcel, a customer does not (DLV-1)', async () => {
  const [one, other] = [await shop.createdShipment(), await shop.createdShipment()]
  expectProblem(await deliver(one.id, anna), 403, 'forbidden')
  const delivered = expectResponse(await deliver(one.id), 200, StaffShipmentView)
  assert.equal(delivered.status, 'delivered')
  assert.ok(delivered.delivered_at)
  expectResponse(await deliver(other.id, adminMachine), 200, StaffShipmentView)
  expectProblem(await deliver(newId()), 404, 'not-found')
})

test('a repeat with the same Idempotency-Key gets the same answer (DLV-1)', async () => {
  const { id } = await shop.createdShipment()
  const headers = { 'idempotency-key': newId() }
  const repeat = () => shop.api.send(olga, `POST /delivery/${id}/deliver`, { headers })
  const [first, second] = [await repeat(), await repeat()]
  assert.equal(second.headers['idempotent-replay'], 'true')
  assert.equal(second.text, first.text)
})

test('a courier needs the code of a pickup (DLV-3)', async () => {
  const { id } = await shop.createdShipment('pickup')
  const own = expectResponse(await shop.api.send(anna, `GET /delivery/${id}`), 200, ShipmentView)
  const code = own.pickup_code ?? ''
  const wrong = code === '000000' ? '000001' : '000000'
  expectProblem(await deliver(id, permittedCourier), 409, 'code-missing')
  expectProblem(await deliver(id, permittedCourier, { code: wrong }), 409, 'wrong-code')
  expectProblem(await deliver(id, olga, { code: wrong }), 409, 'wrong-code')
  expectResponse(await deliver(id, permittedCourier, { code }), 200, StaffShipmentView)
})

test('of fifty guesses at once five are compared, then the code is locked until staff unlock it (F-41, DLV-3)', async () => {
  const { id, pickup_code, order_id } = await shop.createdShipment('pickup')
  const wrong = pickup_code === '000000' ? '000001' : '000000'
  const guesses = await crowd(50, () => deliver(id, permittedCourier, { code: wrong }))
  const responses = guesses.map((each) => (each.status === 'fulfilled' ? each.value : assert.fail(String(each.reason))))
  const compared = responses.filter(({ status }) => status === 409)
  const left = compared.map((each) => Number(expectProblem(each, 409, 'wrong-code')['attempts_left']))
  assert.deepEqual(
    left.toSorted((one, other) => one - other),
    [0, 1, 2, 3, 4],
  )
  for (const locked of responses.filter(({ status }) => status !== 409)) expectProblem(locked, 429, 'code-locked')
  const right = { code: pickup_code ?? '' }
  const refused = await deliver(id, permittedCourier, right)
  expectProblem(refused, 429, 'code-locked')
  assert.ok(Number(refused.headers['retry-after']) > 800)
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup'])

  const unlock = (caller: Caller) => shop.api.send(caller, `DELETE /admin/shipments/${id}/code-lock`)
  expectProblem(await unlock(permittedCourier), 403, 'forbidden')
  assert.equal(expectResponse(await unlock(olga), 200, StaffShipmentView).code_locked_until, null)
  expectResponse(await unlock(olga), 200)
  expectProblem(await deliver(id, permittedCourier, { code: wrong }), 409, 'wrong-code')
  expectResponse(await deliver(id, permittedCourier, right), 200, StaffShipmentView)
  expectProblem(await shop.api.send(olga, `DELETE /admin/shipments/${newId()}/code-lock`), 404, 'not-found')
})

test('staff without the code deliver a parcel whose code is locked (F-41, DLV-1)', async () => {
  const { id, pickup_code } = await shop.createdShipment('pickup')
  const wrong = pickup_code === '000000' ? '000001' : '000000'
  for (let i = 0; i < 5; i++) await deliver(id, permittedCourier, { code: wrong })
  expectProblem(await deliver(id, olga, { code: pickup_code ?? '' }), 429, 'code-locked')
  expectResponse(await deliver(id, olga), 200, StaffShipmentView)
})

test('a status that is sent again under one Idempotency-Key gets the same answer (F-20, rule 8)', async () => {
  const { id } = await shop.createdShipment()
  const headers = { 'idempotency-key': newId() }
  const send = (status: string) =>
    shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body: { status }, headers })
  const first = await send('handed_over')
  await statusSet(id, { status: 'in_transit' })
  const second = await send('handed_over')
  assert.equal(second.headers['idempotent-replay'], 'true')
  assert.equal(second.text, first.text)
  expectProblem(await send('delivered'), 422, 'idempotency-mismatch')
})

test('staff set one status after another, and a forbidden one is answered with the allowed ones (DLV-2)', async () => {
  const { id, order_id } = await shop.createdShipment()
  await statusSet(id, { status: 'handed_over', tracking_number: 'RB1' })
  await statusSet(id, { status: 'in_transit' })
  await statusSet(id, { status: 'in_transit' })
  const problem = expectProblem(await setStatus(id, { status: 'pending' }), 409, 'shipment-status-not-allowed')
  assert.deepEqual(problem['allowed'], ['out_for_delivery', 'delivered', 'failed'])
  expectProblem(await setStatus(id, { status: 'cancelled' }), 409, 'shipment-status-not-allowed')
  await statusSet(id, { status: 'out_for_delivery' })
  assert.equal((await statusSet(id, { status: 'failed', reason: 'closed door' })).reason, 'closed door')
  expectProblem(await deliver(id), 409, 'shipment-status-not-allowed')
  const returned = await statusSet(id, { status: 'returned' })
  assert.deepEqual([returned.reason, returned.tracking_number], ['closed door', 'RB1'])
  assert.deepEqual(
    returned.timeline.map(({ status }) => status),
    ['pending', 'handed_over', 'in_transit', 'out_for_delivery', 'failed', 'returned'],
  )
  assert.deepEqual(await shop.eventsOf(order_id), [
    'created pending',
    'pending>handed_over',
    'handed_over>in_transit',
    'in_transit>out_for_delivery',
    'out_for_delivery>failed',
    'failed closed door',
    'failed>returned',
    'returned',
  ])
  await shop.assertNoViolations()
})

test('the shipment of an order that staff fulfilled by hand is delivered once (DLV-6)', async () => {
  const { order_id } = await shop.createdShipment()
  await shop.fulfill(order_id)
  await shop.fulfill(order_id)
  await shop.deliver()
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending', 'pending>delivered', 'delivered'])
  await shop.fulfill(newId())
  await shop.deliver()
})

test('the database refuses a delivered shipment without its time (DLV-2)', async () => {
  const { id } = await shop.createdShipment()
  await assert.rejects(
    sql`update delivery.shipments set status = 'delivered' where id = ${id}`.execute(shop.db),
    /status_has_its_facts/,
  )
  await assert.rejects(
    sql`update delivery.shipments set method = null where id = ${id}`.execute(shop.db),
    /tombstone_or_shipment/,
  )
})
