import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal } from '#platform/outcome'
import { newId } from '#platform/values'
import {
  addStoragePlace,
  compareTravelTimes,
  completeOrder,
  isFree,
  move,
  newCourier,
  placeFor,
  stepsOf,
  takeOrder,
  travelTime,
  type Courier,
} from './courier.ts'
import { distanceBetween, drawLocation, locationOf, type Location } from './location.ts'
import { assign, cancel, complete, newOrder } from './order.ts'
import { canStore, clear, newStoragePlace, store } from './storage-place.ts'
import { courierAt, orderAt, placeOf } from './grid.ts'

const cell = fc.record(
  { x: fc.integer({ min: 1, max: 10 }), y: fc.integer({ min: 1, max: 10 }) },
  { noNullPrototype: true },
)
const refused = (reason: string) => ({ kind: 'refused', reason })

test('a location lies on the grid of 10 by 10 (DSP-1)', () => {
  for (const [x, y] of [
    [0, 1],
    [11, 1],
    [1, 0],
    [1, 11],
    [1.5, 1],
    [Number.NaN, 1],
  ] as const)
    assert.deepEqual(locationOf(x, y), refused('location-out-of-range'), `${x}, ${y}`)
  assert.deepEqual(locationOf(1, 1), { x: 1, y: 1 })
  assert.deepEqual(locationOf(10, 10), { x: 10, y: 10 })
})

test('the distance follows the streets (DSP-1)', () => {
  assert.equal(distanceBetween({ x: 1, y: 1 }, { x: 10, y: 10 }), 18)
  assert.equal(distanceBetween({ x: 2, y: 6 }, { x: 4, y: 9 }), 5)
  fc.assert(
    fc.property(cell, cell, cell, (one, other, third) => {
      assert.equal(distanceBetween(one, other), distanceBetween(other, one))
      assert.equal(distanceBetween(one, one), 0)
      assert.ok(distanceBetween(one, third) <= distanceBetween(one, other) + distanceBetween(other, third))
    }),
  )
})

test('a drawn location reaches every corner of the grid (DSP-1)', () => {
  assert.deepEqual(
    drawLocation(() => 0),
    { x: 1, y: 1 },
  )
  assert.deepEqual(
    drawLocation((below) => below - 1),
    { x: 10, y: 10 },
  )
})

test('a storage place has a name and a volume of at least 1 (DSP-1)', () => {
  assert.deepEqual(newStoragePlace({ id: newId(), name: '  ', total_volume: 10 }), refused('name-missing'))
  for (const total_volume of [0, -1, 1.5])
    assert.deepEqual(newStoragePlace({ id: newId(), name: 'Bag', total_volume }), refused('volume-invalid'))
})

test('a storage place takes one order that fits, up to its whole volume (DSP-1)', () => {
  const place = placeOf(10)
  assert.equal(canStore(place, 10), true)
  assert.equal(canStore(place, 11), false)
  assert.deepEqual(canStore(place, 0), refused('volume-invalid'))
  const order = { id: newId(), volume: 1 }
  const taken = store(place, order)
  assert.ok(!isRefusal(taken))
  assert.equal(canStore(taken, 1), false, 'one order only, whatever room is left')
  assert.deepEqual(store(taken, { id: newId(), volume: 1 }), refused('cannot-store'))
  assert.deepEqual(clear(taken, newId()), refused('order-not-in-place'))
  assert.deepEqual(clear(taken, order.id), place)
  assert.deepEqual(clear(place, order.id), refused('order-not-in-place'))
})

test('a new courier has a name, a speed and a bag of 10 (DSP-1)', () => {
  const input = { id: newId(), name: 'Пётр', speed: 2, location: { x: 1, y: 1 }, bag_id: newId() }
  const courier = newCourier(input)
  assert.ok(!isRefusal(courier))
  assert.deepEqual(courier.storage_places, [{ id: input.bag_id, name: 'Сумка', total_volume: 10, order_id: null }])
  assert.deepEqual(newCourier({ ...input, name: ' ' }), refused('name-missing'))
  for (const speed of [0, -1, 1.5]) assert.deepEqual(newCourier({ ...input, speed }), refused('speed-invalid'))
})

test('an order goes into the smallest free place that it fits in (DSP-1)', () => {
  const courier = courierAt({ x: 1, y: 1 }, { volumes: [50, 10, 10, 30] })
  assert.equal(placeFor(courier, 10), courier.storage_places[1])
  assert.equal(placeFor(courier, 11), courier.storage_places[3])
  assert.equal(placeFor(courier, 51), undefined)
  const loaded = takeOrder(courier, { id: newId(), volume: 5 })
  assert.ok(!isRefusal(loaded))
  assert.equal(isFree(loaded), false)
  assert.equal(placeFor(loaded, 10), courier.storage_places[2], 'the first of 10 is occupied')
})

test('a courier gives back only an order that he carries (DSP-1)', () => {
  const courier = courierAt({ x: 1, y: 1 })
  const order = { id: newId(), volume: 5 }
  assert.deepEqual(completeOrder(courier, order.id), refused('order-not-carried'))
  const loaded = takeOrder(courier, order)
  assert.ok(!isRefusal(loaded))
  assert.deepEqual(takeOrder(loaded, { id: newId(), volume: 5 }), refused('no-suitable-place'))
  assert.deepEqual(completeOrder(loaded, newId()), refused('order-not-carried'))
  assert.deepEqual(completeOrder(loaded, order.id), courier)
})

test('places are added at the end, and their names may repeat (DSP-1)', () => {
  const more = addStoragePlace(courierAt({ x: 1, y: 1 }), { id: newId(), name: 'Сумка', total_volume: 1 })
  assert.ok(!isRefusal(more))
  assert.equal(more.storage_places.length, 2)
  assert.deepEqual(addStoragePlace(more, { id: newId(), name: 'Trunk', total_volume: 0 }), refused('volume-invalid'))
})

const cells = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([x, y]) => ({ x, y }))

/** The cells of a courier from step to step until he arrives. */
function pathOf(courier: Courier, target: Location): Location[] {
  const path: Location[] = []
  let current = courier
  while (distanceBetween(current.location, target) > 0 && path.length < 20) {
    current = move(current, target)
    path.push(current.location)
  }
  return path
}

test('a courier moves along x first, then along y, and stops at the target (DSP-1)', () => {
  const path = (speed: number, from: Location, to: Location) => pathOf(courierAt(from, { speed }), to)
  assert.deepEqual(path(2, { x: 1, y: 1 }, { x: 5, y: 5 }), cells([3, 1], [5, 1], [5, 3], [5, 5]))
  assert.deepEqual(path(3, { x: 5, y: 5 }, { x: 4, y: 1 }), cells([4, 3], [4, 1]))
  assert.deepEqual(path(4, { x: 1, y: 1 }, { x: 3, y: 1 }), cells([3, 1]))
  assert.deepEqual(path(3, { x: 1, y: 1 }, { x: 2, y: 2 }), cells([2, 2]))
})

test('every step uses the whole speed until the last one, and a courier arrives in the steps that people see (DSP-1)', () => {
  fc.assert(
    fc.property(cell, cell, fc.integer({ min: 1, max: 20 }), (from, target, speed) => {
      const courier = courierAt(from, { speed })
      const path = pathOf(courier, target)
      assert.equal(path.length, stepsOf(travelTime(courier, target)))
      const last = path.at(-1) ?? from
      assert.deepEqual(last, target)
      for (const [i, at] of path.slice(0, -1).entries()) assert.equal(distanceBetween(path[i - 1] ?? from, at), speed)
    }),
  )
})

test('travel times compare exactly: 4 cells at speed 3 are sooner than 3 cells at speed 2 (DSP-1)', () => {
  const slow = travelTime(courierAt({ x: 1, y: 1 }, { speed: 2 }), { x: 4, y: 1 })
  const fast = travelTime(courierAt({ x: 1, y: 1 }, { speed: 3 }), { x: 5, y: 1 })
  assert.ok(compareTravelTimes(fast, slow) < 0)
  assert.equal(stepsOf(fast), stepsOf(slow))
  assert.equal(stepsOf(travelTime(courierAt({ x: 1, y: 1 }, { speed: 2 }), { x: 5, y: 5 })), 4)
})

test('an order is assigned once and completed once (DSP-1)', () => {
  const created = orderAt({ x: 1, y: 1 }, { volume: 5 })
  assert.deepEqual(complete(created), refused('not-assigned'))
  const courier_id = newId()
  const assigned = assign(created, courier_id)
  assert.ok(!isRefusal(assigned))
  assert.deepEqual(assign(assigned, newId()), refused('already-assigned'))
  const completed = complete(assigned)
  assert.ok(!isRefusal(completed))
  assert.equal(completed.courier_id, courier_id, 'the courier stays')
  assert.deepEqual(complete(completed), refused('not-assigned'))
  assert.deepEqual(cancel(completed), refused('already-completed'))
  const cancelled = cancel(assigned)
  assert.ok(!isRefusal(cancelled))
  assert.deepEqual(cancel(cancelled), cancelled)
  assert.deepEqual(assign(cancelled, newId()), refused('already-assigned'))
})

test('an order has a volume of at least 1 (DSP-1)', () => {
  for (const volume of [0, -1, 0.5])
    assert.deepEqual(newOrder({ id: newId(), location: { x: 1, y: 1 }, volume }), refused('volume-invalid'))
})
