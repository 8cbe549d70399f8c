import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, courier, crowd, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from './testing.ts'
import { PublicZoneList, ZoneList, ZoneView } from './zone-schema.ts'

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

test('a buyer sees the zones that are on, and what her address needs to be in them (DLV-4, WEB-1)', async () => {
  const circle = { lat: 55.1, lng: 38.77, radius_m: 3000 }
  await created({ places: ['140400', '140402'], position: 2 })
  await created({ places: [], ...circle, position: 1, minimum_total: 50_000 })
  await created({ places: ['140400', 'Коломна'], position: 0 })
  await created({ is_active: false })
  const response = await shop.api.send(guest, 'GET /delivery/zones', { headers: { 'accept-language': 'en' } })
  const { items } = expectResponse(response, 200, PublicZoneList)
  assert.deepEqual(
    items.map(({ name, needs, circle: shown, minimum_total }) => [name, needs, shown, minimum_total]),
    [
      ['Kolomna', 'city', null, null],
      ['Kolomna', 'point', circle, 50_000],
      ['Kolomna', 'postcode', null, null],
    ],
  )
  assert.equal(JSON.stringify(items).includes('140402'), false, 'a list of postcodes may be long')
})

test('the postcode of an address finds its zone (DLV-4)', async () => {
  await created({ places: ['140400'] })
  const feeTo = (postcode: string) =>
    shop.module.api.feeOf({
      delivery_address: { country: 'Россия', postcode, city: 'Коломна', street: 'Посадская', house: '12' },
      items_amount: 100_000,
      currency: 'RUB',
    })
  assert.deepEqual(await feeTo('140400'), { kind: 'quoted', fee: 30_000 })
  assert.deepEqual(await feeTo('140401'), { kind: 'refused', reason: 'address-not-served' })
})
