import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal } from '#platform/outcome'
import { canTake, travelTime, type Courier } from './courier.ts'
import { assignBatch, dispatch, type WaitingOrder } from './dispatcher.ts'
import { courierAt, orderAt } from './grid.ts'

const at = (x: number, y: number, speed: number, volumes?: readonly number[]) =>
  courierAt({ x, y }, { speed, ...(volumes && { volumes }) })
const winnerOf = (couriers: readonly Courier[], volume = 5) => {
  const outcome = dispatch(orderAt({ x: 10, y: 10 }, { volume }), couriers)
  return outcome.kind === 'assigned' ? couriers.findIndex(({ id }) => id === outcome.courier.id) : outcome.reason
}
const waiting = (x: number, y: number, { volume = 5, waited = 0 } = {}): WaitingOrder => ({
  ...orderAt({ x, y }, { volume }),
  waited,
})

test('the courier who arrives soonest gets the order, the earlier of two equal ones (DSP-1)', () => {
  assert.equal(winnerOf([at(9, 8, 5), at(5, 5, 5), at(4, 1, 5)]), 0)
  assert.equal(winnerOf([at(4, 6, 5), at(5, 5, 10), at(4, 1, 5)]), 1)
  assert.equal(winnerOf([at(1, 1, 1), at(9, 9, 1), at(9, 9, 1)]), 1)
})

test('exact times decide where whole steps are equal (DSP-1)', () => {
  assert.equal(winnerOf([at(7, 10, 2), at(6, 10, 3)]), 1)
})

test('an order that fits no place, no couriers and an order twice are refused (DSP-1)', () => {
  assert.equal(winnerOf([at(1, 1, 1, [2])], 3), 'no-suitable-courier')
  assert.equal(winnerOf([]), 'no-couriers')
  const couriers = [at(1, 1, 1)]
  const first = dispatch(orderAt({ x: 2, y: 2 }), couriers)
  assert.ok(first.kind === 'assigned')
  assert.deepEqual(dispatch(first.order, couriers), { kind: 'refused', reason: 'already-assigned' })
  assert.equal(canTake(first.courier, { volume: 5 }), false, 'the place is taken')
})

test('a batch gives every order that fits a courier in one run (DSP-8)', () => {
  const couriers = Array.from({ length: 20 }, (_, i) => at((i % 10) + 1, 5, 1))
  const orders = Array.from({ length: 20 }, (_, i) => waiting((i % 10) + 1, 5))
  const batch = assignBatch(orders, couriers)
  assert.equal(batch.length, 20)
  assert.equal(new Set(batch.map(({ courier }) => courier.id)).size, 20)
  assert.ok(batch.every(({ reason }) => reason.steps === 0))
})

test('an order that fits no courier delays no other (DSP-8)', () => {
  const [giant, small] = [waiting(1, 1, { volume: 500, waited: 1000 }), waiting(2, 2)]
  const batch = assignBatch([giant, small], [at(1, 1, 1)])
  assert.deepEqual(
    batch.map(({ order }) => order.id),
    [small.id],
  )
})

test('the total time decides, and not the nearest courier of the first order (DSP-8)', () => {
  const [near, far] = [at(4, 1, 1), at(1, 1, 1)]
  const [first, second] = [waiting(3, 1), waiting(10, 1)]
  const batch = assignBatch([first, second], [near, far])
  const courierOf = new Map(batch.map(({ order, courier }) => [order.id, courier.id]))
  assert.equal(courierOf.get(first.id), far.id)
  assert.equal(courierOf.get(second.id), near.id)
})

test('a large place stays free for a large order (DSP-8)', () => {
  const car = at(1, 1, 1, [10, 50])
  const walker = at(1, 1, 1, [10])
  const couriers = [car, walker].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  for (const order of [waiting(5, 5, { volume: 50 }), waiting(5, 5, { volume: 10 })]) {
    const [only] = assignBatch([order], couriers)
    if (order.volume === 50) assert.equal(only?.courier.id, car.id)
  }
  assert.equal(assignBatch([waiting(5, 5, { volume: 10 }), waiting(5, 5, { volume: 50 })], couriers).length, 2)
  const [small] = assignBatch([waiting(5, 5, { volume: 3 })], [at(1, 1, 1, [10]), at(1, 1, 1, [4])])
  assert.equal(small?.reason.storage_place, 'Place of 4', 'the smaller place of two equal times')
})

test('a far order is never overtaken by nearer ones without end (DSP-8)', () => {
  const far = orderAt({ x: 10, y: 10 }, { volume: 5 })
  const winners = Array.from({ length: 100 }, (_, waited) => {
    const [only] = assignBatch([{ ...far, waited }, waiting(1, 1)], [at(1, 1, 1)])
    return only?.order.id
  })
  assert.notEqual(winners[0], far.id, 'the near order goes first')
  assert.ok(winners.includes(far.id), 'the far order starves')
})

const cell = fc.record(
  { x: fc.integer({ min: 1, max: 10 }), y: fc.integer({ min: 1, max: 10 }) },
  { noNullPrototype: true },
)
const anyCourier = fc
  .record({
    location: cell,
    speed: fc.integer({ min: 1, max: 5 }),
    volumes: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ location, ...more }) => courierAt(location, more))
const anyOrder = fc
  .record({ location: cell, volume: fc.integer({ min: 1, max: 25 }), waited: fc.nat(50) })
  .map(({ location, volume, waited }) => ({ ...orderAt(location, { volume }), waited }))

test('a batch of one order chooses a courier as good as the rule of the course (DSP-1, DSP-8)', () => {
  fc.assert(
    fc.property(anyOrder, fc.array(anyCourier, { minLength: 1, maxLength: 6 }), (order, couriers) => {
      const single = dispatch(order, couriers)
      const [batch] = assignBatch([order], couriers)
      if (single.kind !== 'assigned') return assert.equal(batch, undefined)
      assert.ok(batch)
      const time = (courier: Courier) => {
        const { distance, speed } = travelTime(courier, order.location)
        return distance / speed
      }
      assert.equal(time(batch.courier), time(single.courier))
    }),
  )
})

test('no courier gets two orders, none gets one that does not fit, and no fitting order is left beside a free courier (DSP-8)', () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 8 }), fc.array(anyCourier, { maxLength: 8 }), (orders, couriers) => {
      const batch = assignBatch(orders, couriers)
      assert.equal(new Set(batch.map(({ courier }) => courier.id)).size, batch.length)
      assert.equal(new Set(batch.map(({ order }) => order.id)).size, batch.length)
      for (const { order, courier } of batch)
        assert.ok(
          courier.storage_places.some(
            ({ order_id, total_volume }) => order_id === order.id && total_volume >= order.volume,
          ),
        )
      const idle = couriers.filter(({ id }) => !batch.some(({ courier }) => courier.id === id))
      const left = orders.filter(({ id }) => !batch.some(({ order }) => order.id === id))
      for (const courier of idle) for (const order of left) assert.ok(!canTake(courier, order))
      assert.ok(!batch.some(isRefusal))
    }),
  )
})
