import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, courier, crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'
import { ZoneList, ZoneView } from '../zone-schema.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
beforeEach(() => shop.pool.query('delete from delivery.zones'))
after(() => shop.close())

const body = { name: { ru: 'Коломна', en: 'Kolomna' }, places: ['Коломна'], fee: 30_000 }
const create = (more: object = {}, headers: Record<string, string> = {}, caller = olga) =>
  shop.api.send(caller, 'POST /admin/delivery-zones', { body: { ...body, ...more }, headers })
const created = async (more: object = {}) => expectResponse(await create(more), 201, ZoneView)
const change = (id: string, change: object) =>
  shop.api.send(olga, `PATCH /admin/delivery-zones/${id}`, { body: change })
const feeFor = (delivery_address: string) =>
  shop.module.api.feeOf({ delivery_address, items_amount: 100_000, currency: 'RUB' })

test('staff add, change and delete zones, and the next order costs their fee (DLV-4)', async () => {
  assert.deepEqual(await feeFor('Рязань'), { kind: 'quoted', fee: 0 })
  const zone = await created()
  assert.deepEqual([zone.currency, zone.position, zone.is_active, zone.free_from], ['RUB', 0, true, null])
  assert.deepEqual(await feeFor('Коломна'), { kind: 'quoted', fee: 30_000 })
  assert.deepEqual(await feeFor('Рязань'), { kind: 'refused', reason: 'address-not-served' })
  expectResponse(await change(zone.id, { fee: 40_000, minimum_total: 100_001 }), 200, ZoneView)
  assert.deepEqual(await feeFor('Коломна'), {
    kind: 'refused',
    reason: 'below-delivery-minimum',
    minimum_total: 100_001,
    currency: 'RUB',
  })
  const { items } = expectResponse(await shop.api.send(olga, 'GET /admin/delivery-zones'), 200, ZoneList)
  assert.deepEqual(
    items.map(({ fee }) => fee),
    [40_000],
  )
  expectResponse(await shop.api.send(olga, `DELETE /admin/delivery-zones/${zone.id}`), 204)
  expectProblem(await shop.api.send(olga, `DELETE /admin/delivery-zones/${zone.id}`), 404, 'not-found')
  assert.deepEqual(await feeFor('Рязань'), { kind: 'quoted', fee: 0 })
})

test('customers and couriers do not change zones, and wrong zones are refused (DLV-4)', async () => {
  const { id } = await created()
  expectProblem(await create({}, {}, anna), 403, 'forbidden')
  expectProblem(await create({}, {}, courier), 403, 'forbidden')
  for (const [wrong, reason] of [
    [{ places: [] }, 'zone-without-area'],
    [{ lat: 55 }, 'incomplete-circle'],
    [{ earliest_minutes: 60, latest_minutes: 30 }, 'wrong-window'],
  ] as const) {
    expectProblem(await create(wrong), 400, reason)
    expectProblem(await change(id, wrong), 400, reason)
  }
  for (const wrong of [{ fee: -1 }, { fee: 0.5 }, { lat: 91, lng: 0, radius_m: 1 }, { currency: 'ZZZ' }])
    expectProblem(await create(wrong), 400, 'validation-failed')
  expectProblem(await change(newId(), { fee: 1 }), 404, 'not-found')
})

test('a repeat creates one zone, with an id as with an Idempotency-Key (DLV-4, rule 2, rule 8)', async () => {
  const id = newId()
  const ids = (await crowd(10, async () => (await created({ id })).id)).map((each) =>
    each.status === 'fulfilled' ? each.value : String(each.reason),
  )
  assert.deepEqual([...new Set(ids)], [id])
  expectProblem(await create({ id, fee: 1 }), 409, 'id-taken')
  const headers = { 'idempotency-key': newId() }
  const [first, second] = [await create({}, headers), await create({}, headers)]
  assert.equal(second.text, first.text)
})
