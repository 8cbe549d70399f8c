import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { storeNothing } from '#platform/outcome'
import { crowd, raceFor, violationsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
beforeEach(() => sql`truncate dispatch.couriers, dispatch.orders, dispatch.storage_places`.execute(shop.db))
after(() => shop.close())

test('twenty orders get twenty couriers in one run (DSP-8)', async () => {
  for (let i = 0; i < 20; i++) await shop.addCourier({ at: { x: (i % 10) + 1, y: 5 } })
  const ids = []
  for (let i = 0; i < 20; i++) ids.push(await shop.addOrder({ at: { x: (i % 10) + 1, y: 6 } }))
  assert.equal(await shop.grid.assignOrders(), 20)
  for (const id of ids) assert.equal((await shop.orderRow(id)).status, 'assigned')
  assert.equal(await shop.grid.assignOrders(), 0)
  await shop.assertNoViolations()
})

test('an order that fits no courier does not stop later orders, however many of them wait (DSP-8)', async () => {
  await shop.addCourier()
  await crowd(120, () => shop.addOrder({ volume: 500 }))
  shop.advance(1000)
  const small = await shop.addOrder({ volume: 5 })
  assert.equal(await shop.grid.assignOrders(), 1)
  assert.equal((await shop.orderRow(small)).status, 'assigned')
})

test('an order that fits one courier goes to him, however many others are free (DSP-8)', async () => {
  const couriers = await crowd(206, () => shop.addCourier())
  const [truck] = couriers
    .flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    .toSorted()
    .slice(-1)
  await sql`update dispatch.storage_places set total_volume = 500 where courier_id = ${truck}`.execute(shop.db)
  const large = await shop.addOrder({ volume: 300 })
  assert.equal(await shop.grid.assignOrders(), 1)
  assert.equal((await shop.orderRow(large)).status, 'assigned')
})

test('of equal orders the one that waits longest goes first, whatever its id (DSP-8)', async () => {
  await shop.addCourier()
  const first = await shop.addOrder({ at: { x: 3, y: 3 }, id: 'ffffffff-0000-4000-8000-000000000001' })
  shop.advance(1000)
  await shop.addOrder({ at: { x: 3, y: 3 }, id: '00000000-0000-4000-8000-000000000001' })
  assert.equal(await shop.grid.assignOrders(), 1)
  assert.equal((await shop.orderRow(first)).status, 'assigned')
})

test('two instances never assign one order twice (DSP-7)', async () => {
  const { grid: other } = shop.elsewhere()
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 6; i++) await shop.addCourier()
    const ids = []
    for (let i = 0; i < 4; i++) ids.push(await shop.addOrder({ at: { x: 9, y: 9 } }))
    const counts = await raceFor(shop.db, {
      lock: sql`select pg_advisory_xact_lock(hashtext('dispatch.assign-orders'))`,
      waiting: 6,
      start: () => Promise.all([shop.grid, other].flatMap((grid) => [1, 2, 3].map(() => grid.assignOrders()))),
    })
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      ids.length,
    )
    for (const id of ids) assert.deepEqual(await shop.eventsOf(id), ['created', 'assigned'])
    await shop.assertNoViolations()
    await sql`truncate dispatch.couriers, dispatch.orders, dispatch.storage_places`.execute(shop.db)
  }
})

test('the database refuses an order in two places, and a changed row is not overwritten (DSP-7, DSP-8)', async () => {
  const [one, two] = [await shop.addCourier(), await shop.addCourier()]
  const id = await shop.addOrder()
  await sql`update dispatch.storage_places set order_id = ${id} where courier_id = ${one}`.execute(shop.db)
  await assert.rejects(
    sql`update dispatch.storage_places set order_id = ${id} where courier_id = ${two}`.execute(shop.db),
    /storage_places_order_id_key/,
  )
  assert.deepEqual(await violationsOf(shop.module), [{ id }], 'a place has an order that is not assigned')
})

test('one basket gets one order and one event, also when its messages arrive at once (DSP-2, DSP-8)', async () => {
  const id = newId()
  const { grid: other } = shop.elsewhere()
  const input = { id, address: 'cell 2,3', volume: 5 }
  const outcomes = await crowd(12, (i) => (i % 2 ? shop.grid : other).createOrder(input, storeNothing))
  const kinds = outcomes.map((each) => (each.status === 'fulfilled' ? each.value.kind : String(each.reason)))
  assert.deepEqual(kinds.toSorted(), ['created', ...Array.from({ length: 11 }, () => 'exists')])
  assert.deepEqual(await shop.eventsOf(id), ['created'])
  const window = { from: '2026-11-22T10:00:00Z', to: '2026-11-22T12:00:00Z' }
  for (const other of [{ volume: 6 }, { weight_grams: 100 }, { window }])
    assert.deepEqual(await shop.grid.createOrder({ ...input, ...other }, storeNothing), {
      kind: 'refused',
      reason: 'id-taken',
    })
})

test('the house decides the cell, and not the street alone (DSP-5, DSP-8)', async () => {
  const { geo } = await import('../../geo/embedded.ts').then(({ embeddedGeo }) => ({ geo: embeddedGeo }))
  const at = (house: string) => geo.locate({ country: 'RU', city: 'Коломна', street: 'Посадская', house })
  const cells = await Promise.all(Array.from({ length: 30 }, (_, i) => at(String(i + 1))))
  assert.ok(new Set(cells.map(({ x, y }) => `${x} ${y}`)).size > 10)
  assert.deepEqual(await at('7'), await at('7'))
  for (const { x, y } of cells) assert.ok(x >= 1 && x <= 10 && y >= 1 && y <= 10)
})
