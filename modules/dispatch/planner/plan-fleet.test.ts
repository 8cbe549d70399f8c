import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { explain, reasonText } from './explain.ts'
import { travelSeconds, type FleetProblem, type PlannedCourier, type PlannedOrder } from './fleet-problem.ts'
import { openPlanner } from './open-planner.ts'
import { carryOver, insert, replaceIfBetter, planRoutes, scoreOf, type FleetPlan } from './plan-fleet.ts'

const budget = { unit: 'steps', count: 60 } as const
const empty: FleetPlan = { routes: [], unserved: [] }

/** Places on a line, one minute apart. */
const line = travelSeconds(
  Array.from({ length: 61 }, (_, place) => place),
  (from, to) => 60 * Math.abs(from - to),
)

const courier = (courier_id: string, place: number, change: Partial<PlannedCourier> = {}): PlannedCourier => ({
  courier_id,
  name: courier_id,
  place,
  free_at: 0,
  shift_ends_at: 8 * 3600,
  max_volume: 10,
  max_weight_grams: 10_000,
  pace: 1,
  idle_since: 0,
  ...change,
})

const order = (
  order_id: string,
  [from, to]: readonly [number, number],
  change: Partial<PlannedOrder> = {},
): PlannedOrder => ({
  order_id,
  pickup_place: from,
  dropoff_place: to,
  ready_at: 0,
  window: { from: 0, to: 2 * 3600 },
  pickup_seconds: 0,
  dropoff_seconds: 60,
  volume: 2,
  weight_grams: 500,
  excluded: [],
  ...change,
})

const fleetOf = (couriers: readonly PlannedCourier[], orders: readonly PlannedOrder[]): FleetProblem => ({
  ...line,
  couriers,
  orders,
})

const courierOf = ({ routes }: FleetPlan, order_id: string) =>
  routes.find(({ stops }) => stops.some((stop) => stop.order_id === order_id))?.courier_id

/** Checks a plan stop by stop, without code of the planner. */
function assertFeasible({ couriers, orders }: FleetProblem, { routes, unserved }: FleetPlan): void {
  const seen = new Map<string, number>()
  for (const { courier_id, stops } of routes) {
    const { max_volume, max_weight_grams, free_at, shift_ends_at, ...rest } = couriers.find(
      (one) => one.courier_id === courier_id,
    )!
    let [time, place] = [free_at, rest.place]
    const onBoard = new Map(orders.filter((one) => one.picked_up_by === courier_id).map((one) => [one.order_id, one]))
    for (const { order_id, kind, arrives_at, begins_at, leaves_at, late_seconds } of stops) {
      const one = orders.find((found) => found.order_id === order_id)!
      assert.ok((one.picked_up_by ?? one.pinned_to ?? courier_id) === courier_id)
      assert.ok(one.picked_up_by === courier_id || !one.excluded.includes(courier_id))
      const next = kind === 'pickup' ? one.pickup_place : one.dropoff_place
      assert.equal(arrives_at, time + 60 * Math.abs(next - place))
      assert.ok(begins_at >= arrives_at && begins_at >= (kind === 'pickup' ? one.ready_at : one.window.from))
      if (kind === 'pickup') onBoard.set(order_id, one)
      else assert.ok(onBoard.delete(order_id), `${order_id} is delivered without a pickup`)
      if (kind === 'dropoff') {
        seen.set(order_id, (seen.get(order_id) ?? 0) + 1)
        assert.equal(late_seconds, Math.max(0, begins_at - one.window.to))
      }
      const load = [...onBoard.values()]
      assert.ok(load.reduce((sum, { volume }) => sum + volume, 0) <= max_volume)
      assert.ok(load.reduce((sum, { weight_grams }) => sum + weight_grams, 0) <= max_weight_grams)
      ;[time, place] = [leaves_at, next]
    }
    assert.equal(onBoard.size, [...onBoard.keys()].filter((order_id) => unserved.includes(order_id)).length)
    if (stops.length > 0) assert.ok(time <= shift_ends_at)
  }
  for (const { order_id } of orders)
    assert.equal((seen.get(order_id) ?? 0) + (unserved.includes(order_id) ? 1 : 0), 1, order_id)
}

const place = fc.nat(60)
const fleets: fc.Arbitrary<FleetProblem> = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const ids = Array.from({ length: count }, (_, index) => `courier ${index}`)
  const orders = fc.array(
    fc.record({
      places: fc.tuple(place, place),
      ready_at: fc.nat(1800),
      until: fc.integer({ min: 0, max: 7200 }),
      volume: fc.integer({ min: 1, max: 6 }),
      weight_grams: fc.integer({ min: 1, max: 6000 }),
      excluded: fc.subarray(ids, { maxLength: 1 }),
      bound: fc.option(fc.constantFrom(...ids), { nil: undefined, freq: 6 }),
    }),
    { maxLength: 8 },
  )
  return fc.tuple(fc.array(place, { minLength: count, maxLength: count }), orders).map(([places, drawn]) =>
    fleetOf(
      ids.map((id, index) => courier(id, places[index]!)),
      drawn.map(({ places: stops, until, bound, excluded, ...rest }, index) =>
        order(`order ${index}`, stops, {
          ...rest,
          window: { from: 0, to: until },
          excluded: excluded.filter((id) => id !== bound),
          ...(bound && (index === 0 ? { picked_up_by: bound } : { pinned_to: bound })),
        }),
      ),
    ),
  )
})

test('every plan is feasible, serves each order once, and is the same for the same seed (DSP-11)', () => {
  fc.assert(
    fc.property(fleets, fc.nat(9), (fleet, seed) => {
      const plan = planRoutes(fleet, budget, seed)
      assertFeasible(fleet, plan)
      assert.deepEqual(planRoutes(fleet, budget, seed), plan)
      const greedy = carryOver(fleet, empty)
      assertFeasible(fleet, greedy)
      assert.ok(scoreOf(plan).unserved <= scoreOf(greedy).unserved)
      assertFeasible(fleet, replaceIfBetter(fleet, greedy, plan))
    }),
    { numRuns: 100 },
  )
})

test('an order goes to the courier for whom it is the shortest way (DSP-11)', () => {
  const fleet = fleetOf([courier('Anna', 0), courier('Boris', 50)], [order('tea', [10, 12])])
  const { plan, inserted } = insert(fleet, empty, 'tea')
  assert.deepEqual(inserted, { courier_id: 'Anna', dropoff_at: 720, added_seconds: 720 })
  assertFeasible(fleet, plan)
})

test('of two couriers at the same place the one who has been idle longer gets the order (DSP-11)', () => {
  const couriers = [courier('Anna', 5, { idle_since: 500 }), courier('Boris', 5, { idle_since: 100 })]
  assert.equal(courierOf(planRoutes(fleetOf(couriers, [order('tea', [10, 12])]), budget, 1), 'tea'), 'Boris')
})

test('goods that were picked up stay with their courier, and a pinned order with its own (DSP-11)', () => {
  const orders = [
    order('picked up', [0, 50], { picked_up_by: 'Anna' }),
    order('pinned', [49, 50], { pinned_to: 'Anna', excluded: ['Anna'] }),
    order('declined', [1, 2], { excluded: ['Anna'] }),
  ]
  const fleet = fleetOf([courier('Anna', 0), courier('Boris', 50)], orders)
  const plan = planRoutes(fleet, budget, 1)
  assert.deepEqual(
    orders.map(({ order_id }) => courierOf(plan, order_id)),
    ['Anna', 'Anna', 'Boris'],
  )
})

test('several orders of one trip share it, as far as volume and weight allow (DSP-11)', () => {
  const near = (order_id: string, change: Partial<PlannedOrder> = {}) => order(order_id, [0, 10], change)
  const light = fleetOf([courier('Anna', 0)], [near('a'), near('b'), near('c')])
  assert.equal(scoreOf(planRoutes(light, budget, 1)).travel, 600)
  const heavy = fleetOf([courier('Anna', 0)], [near('a', { weight_grams: 6000 }), near('b', { weight_grams: 6000 })])
  assert.equal(scoreOf(planRoutes(heavy, budget, 1)).travel, 1800)
})

test('goods that are on board leave it before others fit (DSP-11)', () => {
  const heavy = { weight_grams: 6000 }
  const orders = [
    order('on board', [0, 50], { ...heavy, picked_up_by: 'Anna' }),
    order('near', [1, 2], { ...heavy, pinned_to: 'Anna', window: { from: 0, to: 6 * 3600 } }),
  ]
  const fleet = fleetOf([courier('Anna', 0)], orders)
  const plan = planRoutes(fleet, budget, 1)
  assertFeasible(fleet, plan)
  assert.deepEqual(plan.unserved, [])
})

test('an order that cannot be on time is late, not unserved, and others stay on time (DSP-11)', () => {
  const orders = [
    order('late', [30, 60], { window: { from: 0, to: 600 } }),
    order('on time', [0, 5], { window: { from: 0, to: 900 } }),
  ]
  const fleet = fleetOf([courier('Anna', 0)], orders)
  const plan = planRoutes(fleet, budget, 1)
  assert.deepEqual(plan.unserved, [])
  const late = plan.routes.flatMap(({ stops }) => stops.filter(({ late_seconds }) => late_seconds > 0))
  assert.deepEqual(
    late.map(({ order_id }) => order_id),
    ['late'],
  )
})

test('an order that no courier can take is unserved (DSP-11)', () => {
  const orders = [order('piano', [0, 1], { volume: 99 }), order('far', [0, 60])]
  const fleet = fleetOf([courier('Anna', 0, { shift_ends_at: 600 })], orders)
  assert.deepEqual(planRoutes(fleet, budget, 1).unserved, ['piano', 'far'])
  assert.equal(insert(fleet, empty, 'piano').inserted, undefined)
})

test('a plan is replaced only for a gain of a minute or of 5 % (DSP-11)', () => {
  const fleet = fleetOf([courier('Anna', 0), courier('Boris', 41)], [order('tea', [20, 40])])
  const byAnna = insert(fleetOf([courier('Anna', 0)], fleet.orders), empty, 'tea').plan
  const byBoris = insert(fleetOf([courier('Boris', 41)], fleet.orders), empty, 'tea').plan
  const inRoutes = (plan: FleetPlan) => carryOver(fleet, plan)
  assert.equal(courierOf(replaceIfBetter(fleet, inRoutes(byBoris), inRoutes(byAnna)), 'tea'), 'Anna')
  assert.equal(courierOf(replaceIfBetter(fleet, inRoutes(byAnna), inRoutes(byBoris)), 'tea'), 'Anna')
  const close = fleetOf([courier('Anna', 0, { pace: 1.02 }), courier('Boris', 40)], [order('tea', [20, 40])])
  const carried = replaceIfBetter(close, carryOver(close, byAnna), carryOver(close, byBoris))
  assert.equal(courierOf(carried, 'tea'), 'Anna')
})

test('an earlier plan loses the orders that are gone, and gets the new ones (DSP-11)', () => {
  const before = fleetOf([courier('Anna', 0)], [order('gone', [1, 2]), order('stays', [3, 4])])
  const plan = planRoutes(before, budget, 1)
  const after = fleetOf([courier('Anna', 0)], [order('stays', [3, 4]), order('new', [5, 6])])
  const carried = carryOver(after, plan)
  assertFeasible(after, carried)
  assert.deepEqual(carried.unserved, [])
})

test('every assignment has its reason in two languages (DSP-11)', () => {
  const couriers = [courier('Anna', 0), courier('Boris', 30), courier('Oleg', 0, { max_volume: 1 })]
  const fleet = fleetOf(couriers, [order('tea', [10, 12], { window: { from: 0, to: 1200 } })])
  const reason = explain(fleet, planRoutes(fleet, budget, 1), 'tea')
  assert.ok(reason)
  assert.equal(
    reasonText(reason, 'en'),
    'Anna: +12 min of travel. Boris: +22 min of travel, 2 min late. Oleg: it does not fit the bag',
  )
  assert.equal(
    reasonText(reason, 'ru'),
    'Anna: +12 мин пути. Boris: +22 мин пути, опоздание 2 мин. Oleg: не помещается в сумку',
  )
  assert.equal(explain(fleet, empty, 'tea'), undefined)
})

test('a planner in a thread gives the plan of its seed, and the carried over one when the time is over (DSP-11)', async () => {
  const fleet = fleetOf(
    [courier('Anna', 0), courier('Boris', 50)],
    [order('tea', [10, 12]), order('bouquet', [40, 45])],
  )
  const planner = openPlanner()
  try {
    const request = { fleet, seed: 3, budget, current: empty, limit: 30_000 }
    assert.deepEqual(await planner.plan(request), { plan: planRoutes(fleet, budget, 3), finished: true })
    const endless = { ...request, budget: { unit: 'steps', count: 1e12 } } as const
    assert.deepEqual(await planner.plan({ ...endless, limit: 50 }), { plan: carryOver(fleet, empty), finished: false })
    const stop = new AbortController()
    const aborted = planner.plan({ ...endless, signal: stop.signal })
    const next = planner.plan(request)
    stop.abort(new Error('a newer problem'))
    await assert.rejects(aborted, /a newer problem/)
    assert.equal((await next).finished, true)
  } finally {
    await planner.close()
  }
})
