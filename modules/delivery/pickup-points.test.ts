import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, courier, crowd, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminPickupPointList, AdminPickupPointView, PickupPointList } from './schema.ts'
import { openDeliveryTest, type DeliveryTest } from './testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
beforeEach(() => shop.pool.query('delete from delivery.pickup_points'))
after(() => shop.close())

const body = {
  name: { ru: 'Лавка на Посаде', en: 'The shop on the Posad' },
  address: { ru: 'Коломна, ул. Посадская, 12', en: 'Kolomna, 12 Posadskaya St' },
  hours: [{ days: [1, 2, 3, 4, 5], opens: '10:00', closes: '20:00' }],
  timezone: 'Europe/Moscow',
}
const create = (more: object = {}, headers: Record<string, string> = {}, caller = olga) =>
  shop.api.send(caller, 'POST /admin/pickup-points', { body: { ...body, ...more }, headers })
const created = async (more: object = {}) => expectResponse(await create(more), 201, AdminPickupPointView)
const change = (id: string, change: object) => shop.api.send(olga, `PATCH /admin/pickup-points/${id}`, { body: change })
const shown = async () => {
  const response = await shop.api.send(guest, 'GET /delivery/pickup-points')
  return expectResponse(response, 200, PickupPointList).items.map(({ name }) => name)
}
const choose = (id: string | null) => shop.module.api.choosePickupPoint(id)

test('staff add a pickup point, and customers see it in their language (F-74, DLV-3)', async () => {
  const point = await created()
  assert.deepEqual([point.name, point.position, point.is_active], [body.name, 0, true])
  assert.deepEqual(await shown(), ['The shop on the Posad'])
  expectProblem(await create({}, {}, anna), 403, 'forbidden')
  expectProblem(await create({}, {}, courier), 403, 'forbidden')
})

test('staff change a pickup point, close it and open it again; customers see the open ones (F-74, DLV-3)', async () => {
  const { id } = await created()
  await created({ name: { ru: 'Склад', en: 'Warehouse' }, position: 1 })
  const renamed = expectResponse(await change(id, { name: { ru: 'Лавка', en: 'Shop' } }), 200, AdminPickupPointView)
  assert.deepEqual([renamed.name.en, renamed.hours], ['Shop', body.hours])
  assert.deepEqual(await shown(), ['Shop', 'Warehouse'])
  expectResponse(await change(id, { is_active: false }), 200)
  assert.deepEqual(await shown(), ['Warehouse'])
  const all = await shop.api.send(olga, 'GET /admin/pickup-points')
  const { items } = expectResponse(all, 200, AdminPickupPointList)
  assert.deepEqual(
    items.map(({ name, is_active }) => [name.en, is_active]),
    [
      ['Shop', false],
      ['Warehouse', true],
    ],
  )
  expectResponse(await change(id, { is_active: true }), 200)
  assert.deepEqual(await shown(), ['Shop', 'Warehouse'])
  expectProblem(await change(newId(), { is_active: false }), 404, 'not-found')
})

test('hours that do not fit a day and time zones that do not exist are refused (F-74)', async () => {
  const { id } = await created()
  const wrong = [
    [{ days: [1], opens: '20:00', closes: '10:00' }],
    [{ days: [1], opens: '10:00', closes: '10:00' }],
    [
      { days: [1, 2], opens: '10:00', closes: '20:00' },
      { days: [2], opens: '19:00', closes: '21:00' },
    ],
  ]
  for (const hours of wrong) {
    expectProblem(await create({ hours }), 400, 'wrong-hours')
    expectProblem(await change(id, { hours }), 400, 'wrong-hours')
  }
  for (const timezone of ['Europe/Kolomna', '+03:00', 'MSK time'])
    expectProblem(await create({ timezone }), 400, 'unknown-timezone')
  for (const hours of [
    [],
    [{ days: [8], opens: '10:00', closes: '20:00' }],
    [{ days: [1], opens: '9', closes: '24:00' }],
  ])
    expectProblem(await create({ hours }), 400, 'validation-failed')
  expectProblem(await change(id, {}), 400, 'validation-failed')
  assert.equal((await shown()).length, 1)
})

test('a pickup point is on the map when staff say where it is; half of a place is refused (F-74, DLV-3)', async () => {
  const place = { lat: 55.1022, lng: 38.7695 }
  const { id, ...point } = await created(place)
  assert.deepEqual([point.lat, point.lng], [place.lat, place.lng])
  const points = await shop.api.send(guest, 'GET /delivery/pickup-points')
  const [onMap] = expectResponse(points, 200, PickupPointList).items
  assert.deepEqual([onMap?.lat, onMap?.lng], [place.lat, place.lng])
  expectProblem(await create({ lat: 55 }), 400, 'incomplete-coordinates')
  expectProblem(await change(id, { lng: null }), 400, 'incomplete-coordinates')
  expectProblem(await change(id, { lat: 91, lng: 0 }), 400, 'validation-failed')
  expectResponse(await change(id, { lat: null, lng: null }), 200)
})

test('a repeat creates one pickup point, with an id as with an Idempotency-Key (F-74, rule 2, rule 8)', async () => {
  const id = newId()
  const ids = (await crowd(10, async () => (await created({ id })).id)).map((each) =>
    each.status === 'fulfilled' ? each.value : String(each.reason),
  )
  assert.deepEqual([...new Set(ids)], [id])
  expectProblem(await create({ id, position: 5 }), 409, 'id-taken')
  const headers = { 'idempotency-key': newId() }
  const [first, second] = [await create({}, headers), await create({}, headers)]
  assert.equal(second.text, first.text)
  assert.equal(second.headers['idempotent-replay'], 'true')
  assert.equal((await shown()).length, 2)
})

test('an order for pickup gets an open point: the only one, or the one that the buyer chose (F-74, ORD-1)', async () => {
  const missing = { kind: 'refused', reason: 'pickup-point-missing' }
  const unavailable = { kind: 'refused', reason: 'pickup-point-unavailable' }
  const none = { kind: 'refused', reason: 'no-pickup-point' }
  const one = (await created()).id
  assert.deepEqual(await choose(null), { kind: 'chosen', pickup_point_id: one })
  assert.deepEqual(await choose(newId()), unavailable)
  const other = (await created()).id
  assert.deepEqual(await choose(null), missing)
  assert.deepEqual(await choose(other.toUpperCase()), { kind: 'chosen', pickup_point_id: other })
  expectResponse(await change(one, { is_active: false }), 200)
  assert.deepEqual(await choose(one), unavailable)
  assert.deepEqual(await choose(null), { kind: 'chosen', pickup_point_id: other })
  expectResponse(await change(other, { is_active: false }), 200)
  assert.deepEqual(await choose(null), none)
})
