import { assignBatch, dispatch, type WaitingOrder } from '../../modules/dispatch/course/dispatcher.ts'
import type { Courier } from '../../modules/dispatch/course/courier.ts'
import { drawFrom, meanOf, percentile } from './random.ts'

/** How waiting orders get their couriers at each tick. */
export type GridRule = 'course' | 'greedy' | 'batch'

export type GridRun = Readonly<{
  couriers: number
  ordersPerTick: number
  ticks: number
  seeds: number
  rule: GridRule
}>

/** Mean and p95 of the ticks from an order's creation to the customer, over all seeds. Undelivered orders count until the end. */
export function simulateGrid(run: GridRun): Readonly<{ mean: number; p95: number; waiting: number }> {
  const times: number[] = []
  let waiting = 0
  for (let seed = 1; seed <= run.seeds; seed++) waiting += simulateOnce(run, seed, times)
  return { mean: meanOf(times), p95: percentile(times, 0.95), waiting: waiting / run.seeds }
}

type Busy = { courier: Courier; freeAt: number }
type Waiting = Readonly<{ order: WaitingOrder; created: number }>

function simulateOnce({ couriers, ordersPerTick, ticks, rule }: GridRun, seed: number, times: number[]): number {
  const draw = drawFrom(seed)
  const cell = () => ({ x: 1 + Math.floor(10 * draw()), y: 1 + Math.floor(10 * draw()) })
  const fleet = Array.from({ length: couriers }, (_, index): Busy => ({ courier: courierAt(index, cell()), freeAt: 0 }))
  let waiting: Waiting[] = []
  let due = 0
  for (let tick = 0; tick < ticks; tick++) {
    for (due += ordersPerTick; due >= 1; due--) {
      const state = { status: 'created', courier_id: null } as const
      waiting.push({ order: { id: `${tick}-${due}`, location: cell(), volume: 5, ...state, waited: 0 }, created: tick })
    }
    const free = fleet.filter(({ freeAt }) => freeAt <= tick).map(({ courier }) => courier)
    for (const [order_id, courier_id] of choose(rule, { waiting, free, tick })) {
      const { order, created } = waiting.find((one) => one.order.id === order_id)!
      const busy = fleet.find(({ courier }) => courier.id === courier_id)!
      const { x, y } = busy.courier.location
      const distance = Math.abs(x - order.location.x) + Math.abs(y - order.location.y)
      busy.freeAt = tick + Math.max(1, Math.ceil(distance / busy.courier.speed))
      busy.courier = { ...busy.courier, location: order.location }
      times.push(busy.freeAt - created)
      waiting = waiting.filter((one) => one.order.id !== order_id)
    }
  }
  for (const { created } of waiting) times.push(ticks - created)
  return waiting.length
}

/** Couriers of the speeds 1, 2 and 3 with one bag, as in the seed of the course. */
const courierAt = (index: number, location: Courier['location']): Courier => ({
  id: `courier-${String(index).padStart(3, '0')}`,
  name: 'courier',
  speed: 1 + (index % 3),
  location,
  storage_places: [{ id: `bag-${index}`, name: 'bag', total_volume: 10, order_id: null }],
})

type Moment = Readonly<{ waiting: readonly Waiting[]; free: readonly Courier[]; tick: number }>

/** Pairs of an order and its courier. */
function choose(rule: GridRule, { waiting, free, tick }: Moment): readonly (readonly [string, string])[] {
  if (waiting.length === 0 || free.length === 0) return []
  if (rule === 'batch')
    return assignBatch(
      waiting.map(({ order, created }) => ({ ...order, waited: tick - created })),
      free,
    ).map(({ order, courier }) => [order.id, courier.id] as const)
  const chosen: (readonly [string, string])[] = []
  let left = free
  for (const { order } of rule === 'course' ? waiting.slice(0, 1) : waiting) {
    const outcome = dispatch(order, left)
    if (outcome.kind !== 'assigned') continue
    chosen.push([order.id, outcome.courier.id])
    left = left.filter(({ id }) => id !== outcome.courier.id)
  }
  return chosen
}
