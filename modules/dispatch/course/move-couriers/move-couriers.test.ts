import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
beforeEach(() => sql`truncate dispatch.couriers, dispatch.orders, dispatch.storage_places`.execute(shop.db))
after(() => shop.close())

test('a courier carries an order to its cell, and is then free for the next one (DSP-2)', async () => {
  const courier = await shop.addCourier({ speed: 2 })
  const id = await shop.addOrder({ at: { x: 5, y: 5 } })
  await shop.grid.assignOrders()
  const cells = []
  for (let step = 0; step < 4; step++) {
    await shop.grid.moveCouriers()
    cells.push(await shop.courierCell(courier))
  }
  assert.deepEqual(cells, [
    { x: 3, y: 1 },
    { x: 5, y: 1 },
    { x: 5, y: 3 },
    { x: 5, y: 5 },
  ])
  assert.equal((await shop.orderRow(id)).status, 'completed')
  assert.equal((await shop.orderRow(id)).courier_id, courier)
  assert.deepEqual(await shop.eventsOf(id), ['created', 'assigned', 'completed'])
  const next = await shop.addOrder()
  assert.equal(await shop.grid.assignOrders(), 1)
  assert.equal((await shop.orderRow(next)).courier_id, courier)
  await shop.assertNoViolations()
})

test('a courier with two orders moves once per step (DSP-8)', async () => {
  const courier = await shop.addCourier()
  await sql`
    insert into dispatch.storage_places (id, courier_id, position, name, total_volume)
    values (gen_random_uuid(), ${courier}, 1, 'Trunk', 30)`.execute(shop.db)
  const first = await shop.addOrder({ at: { x: 10, y: 1 } })
  await shop.grid.assignOrders()
  const second = await shop.addOrder({ at: { x: 10, y: 1 } })
  await sql`
    update dispatch.orders set status = 'assigned', courier_id = ${courier}, assigned_at = now()
    where id = ${second}`.execute(shop.db)
  await sql`
    update dispatch.storage_places set order_id = ${second}
    where courier_id = ${courier} and order_id is null`.execute(shop.db)
  await shop.grid.moveCouriers()
  assert.deepEqual(await shop.courierCell(courier), { x: 2, y: 1 })
  for (let step = 0; step < 8; step++) await shop.grid.moveCouriers()
  for (const id of [first, second]) assert.equal((await shop.orderRow(id)).status, 'completed')
})

test('ten instances that tick at once move every courier by one step (DSP-7)', async () => {
  const courier = await shop.addCourier()
  await shop.addOrder({ at: { x: 10, y: 10 } })
  await shop.grid.assignOrders()
  await sql`update dispatch.ticks set at = 'epoch'`.execute(shop.db)
  const other = shop.hourlyGrid()
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => other.moveCouriers()))
  assert.equal(outcomes.filter(({ kind }) => kind === 'moved').length, 1)
  assert.deepEqual(await shop.courierCell(courier), { x: 2, y: 1 })
})

test('a cancelled order frees its courier at once (DSP-8)', async () => {
  const courier = await shop.addCourier()
  const id = await shop.addOrder({ at: { x: 10, y: 10 } })
  await shop.grid.assignOrders()
  assert.equal((await shop.grid.cancelOrder({ id, reason: 'customer' })).kind, 'cancelled')
  assert.equal((await shop.grid.cancelOrder({ id, reason: 'customer' })).kind, 'cancelled')
  await shop.grid.moveCouriers()
  assert.deepEqual(await shop.courierCell(courier), { x: 1, y: 1 })
  assert.deepEqual(await shop.eventsOf(id), ['created', 'assigned', 'cancelled'])
  await shop.addOrder()
  assert.equal(await shop.grid.assignOrders(), 1)
})
