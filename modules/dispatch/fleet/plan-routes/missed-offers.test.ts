import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

test('the only courier who misses an offer gets it again after a pause that grows (DSP-10)', async () => {
  await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  const statusIn = async (seconds: number) => {
    shop.advance(seconds * 1000)
    await shop.fleet.planRoutes()
    return (await shop.rowOf(parcel)).status
  }
  assert.equal(await statusIn(0), 'offered')
  assert.equal(await statusIn(60), 'waiting')
  assert.equal(await statusIn(59), 'waiting')
  assert.equal(await statusIn(2), 'offered')
  assert.equal(await statusIn(60), 'waiting')
  assert.equal(await statusIn(119), 'waiting')
  assert.equal(await statusIn(2), 'offered')
})

test('another courier gets a missed offer at once (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  const ivan = await shop.onDuty('Иван')
  shop.advance(60_000)
  await shop.fleet.planRoutes()
  const { courier_id } = await shop.rowOf(parcel)
  assert.deepEqual([courier_id === pyotr.user_id, courier_id === ivan.user_id], [false, true])
})

test('two hundred parcels that no courier may bring do not stop the others (DSP-11)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  await sql`
    insert into dispatch.parcels (id, order_id, address, weight_grams, volume_litres, window_from, window_to, cash_to_collect,
      pin, status, declined_by, timeline, created_at, updated_at)
    select uuidv7(), uuidv7(), '"Коломна"', 100, 1, now(), now() + interval '1 hour', 0, '1234', 'waiting',
      array[${pyotr.user_id}::uuid], '[]', '2026-11-20'::timestamptz, now() from generate_series(1, 200)`.execute(
    shop.db,
  )
  const [parcel] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).status, 'offered')
})
