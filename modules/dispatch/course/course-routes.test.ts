import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Page } from '#platform/schema'
import { anna, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openDispatchTest, type DispatchTest } from '../testing.ts'
import { GridCourierView, GridOrderView } from './schema.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
after(() => shop.close())

const send = (request: `${string} /${string}`, body?: object, caller = olga) =>
  shop.api.send(caller, request, body ? { body } : {})

test('staff add a courier with a second place, and an order gets it (DSP-3)', async () => {
  const id = newId()
  const courier = expectResponse(
    await send('POST /dispatch/couriers', { id, name: 'Пётр', speed: 2 }),
    201,
    GridCourierView,
  )
  assert.deepEqual(
    courier.storage_places.map(({ name, total_volume }) => [name, total_volume]),
    [['Сумка', 10]],
  )
  const again = expectResponse(
    await send('POST /dispatch/couriers', { id, name: 'Пётр', speed: 2 }),
    201,
    GridCourierView,
  )
  assert.deepEqual(again, courier)
  expectProblem(await send('POST /dispatch/couriers', { id, name: 'Иван', speed: 2 }), 409, 'id-taken')
  const places = `POST /dispatch/couriers/${id}/storage-places` as const
  const place = { id: newId(), name: 'Багажник', total_volume: 30 }
  const larger = expectResponse(await send(places, place), 201, GridCourierView)
  assert.equal(larger.storage_places.length, 2)
  assert.deepEqual(expectResponse(await send(places, place), 201, GridCourierView), larger)
  expectProblem(await send(places, { ...place, total_volume: 31 }), 409, 'id-taken')
  expectProblem(await send(`POST /dispatch/couriers/${newId()}/storage-places`, place), 404, 'not-found')

  const window = { from: '2026-11-21T10:00:00.000Z', to: '2026-11-21T12:00:00.000Z' }
  const body = { id: newId(), address: 'cell 5,1', volume: 25, weight_grams: 900, window }
  const created = expectResponse(await send('POST /dispatch/orders', body), 201, GridOrderView)
  assert.deepEqual([created.status, created.location, created.window], ['created', { x: 5, y: 1 }, window])
  assert.deepEqual(expectResponse(await send('POST /dispatch/orders', body), 201, GridOrderView), created)
  for (const other of [{ volume: 1 }, { address: 'cell 5,2' }])
    expectProblem(await send('POST /dispatch/orders', { ...body, ...other }), 409, 'id-taken')
  await shop.grid.assignOrders()
  const active = expectResponse(await send('GET /dispatch/orders/active'), 200, Page(GridOrderView)).items
  assert.deepEqual(
    active.map((order) => [order.id, order.status, order.courier_id, order.reason?.storage_place]),
    [[created.id, 'assigned', id, 'Багажник']],
  )
  const couriers = expectResponse(await send('GET /dispatch/couriers'), 200, Page(GridCourierView))
  assert.equal(couriers.items.find((each) => each.id === id)?.storage_places[1]?.order_id, created.id)

  const completing = `POST /dispatch/couriers/${id}/orders/${created.id}/complete` as const
  // A new courier stands in a random cell.
  expectResponse(await send(`POST /dispatch/couriers/${id}/move`, { x: 1, y: 1 }), 200, GridCourierView)
  expectProblem(await send(completing), 409, 'too-far')
  expectResponse(await send(`POST /dispatch/couriers/${id}/move`, { x: 4, y: 1 }), 200, GridCourierView)
  const completed = expectResponse(await send(completing), 200, GridOrderView)
  assert.equal(completed.status, 'completed')
  assert.deepEqual(expectResponse(await send(completing), 200, GridOrderView), completed)
  expectProblem(await send(`POST /dispatch/orders/${created.id}/cancel`), 409, 'already-completed')
})

test('an order of the grid is cancelled once (DSP-3, DSP-8)', async () => {
  const id = await shop.addOrder({ volume: 900 })
  for (let i = 0; i < 2; i++)
    assert.equal(
      expectResponse(await send(`POST /dispatch/orders/${id}/cancel`), 200, GridOrderView).status,
      'cancelled',
    )
  expectProblem(await send(`POST /dispatch/orders/${newId()}/cancel`), 404, 'not-found')
})

test('wrong input is refused, and a customer may not (DSP-3)', async () => {
  const order = { address: 'cell 1,1', volume: 5 }
  const later = { from: '2026-11-21T12:00:00Z', to: '2026-11-21T10:00:00Z' }
  for (const [request, body, code] of [
    ['POST /dispatch/couriers', { name: '', speed: 1 }, 'validation-failed'],
    ['POST /dispatch/couriers', { name: '  ', speed: 1 }, 'name-missing'],
    ['POST /dispatch/couriers', { name: 'Пётр', speed: 0 }, 'validation-failed'],
    ['POST /dispatch/orders', { ...order, volume: 0 }, 'validation-failed'],
    ['POST /dispatch/orders', { ...order, address: '    ' }, 'address-missing'],
    ['POST /dispatch/orders', { ...order, window: later }, 'window-invalid'],
    [`POST /dispatch/couriers/${newId()}/move`, { x: 0, y: 1 }, 'validation-failed'],
    [`POST /dispatch/couriers/${newId()}/move`, { x: 1, y: 11 }, 'validation-failed'],
  ] as const)
    expectProblem(await send(request, body), 400, code)
  expectProblem(await send(`POST /dispatch/couriers/${newId()}/move`, { x: 1, y: 1 }), 404, 'not-found')
  expectProblem(await send('GET /dispatch/couriers', undefined, anna), 403, 'forbidden')
  expectProblem(await send('POST /dispatch/orders', order, anna), 403, 'forbidden')
})
