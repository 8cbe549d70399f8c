import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { generateInstance } from './generate-pdptw.ts'
import { findPlace } from './insertion.ts'
import { problemOf, type Instance } from './pdptw.ts'
import { insertRequest, routesOf } from './plan.ts'
import { construct, newSearch } from './search.ts'
import { solve } from './solve.ts'
import { solveInWorkers } from './solve-in-workers.ts'
import { verifyPlan } from './verify-pdptw.ts'

const kinds = fc.record({
  places: fc.constantFrom('clustered', 'random', 'mixed'),
  horizon: fc.constantFrom('short', 'long'),
  windows: fc.constantFrom(0.25, 0.5, 1),
  width: fc.constantFrom(30, 120),
  customers: fc.integer({ min: 2, max: 24 }),
} as const)

const instances = fc.tuple(kinds, fc.nat(1000)).map(([kind, seed]) => generateInstance(kind, seed))

const idsOf = ({ tasks }: Instance, routes: readonly (readonly number[])[]) =>
  routes.filter((route) => route.length > 0).map((route) => route.map((node) => tasks[node]!.id))

test('every plan keeps windows, capacity and pairs, and is never worse than its construction (DSP-11)', () => {
  fc.assert(
    fc.property(instances, fc.nat(100), (instance, seed) => {
      const problem = problemOf(instance)
      const constructed = newSearch(problem, seed)
      construct(constructed)
      const { routes, cost, vehicles } = solve({ problem, budget: { unit: 'steps', count: 60 }, seed, islands: 1 })
      const { violations, distance } = verifyPlan(instance, idsOf(instance, routes))
      assert.deepEqual(violations, [])
      assert.ok(Math.abs(distance - cost) < 1e-6)
      const before = idsOf(instance, routesOf(constructed.best)).length
      assert.ok(vehicles < before || (vehicles === before && cost <= constructed.bestCost + 1e-9))
    }),
    { numRuns: 40 },
  )
})

test('the same input, seed and budget give the same plan, in this thread and in worker threads (DSP-11)', async () => {
  const kind = { places: 'mixed', horizon: 'short', windows: 0.5, width: 60, customers: 30 } as const
  const problem = problemOf(generateInstance(kind, 11))
  const solving = { problem, budget: { unit: 'places', count: 300_000 }, seed: 4, islands: 2 } as const
  const once = solve(solving)
  assert.deepEqual(solve(solving), once)
  assert.deepEqual(await solveInWorkers({ ...solving, seconds: 3600 }), once)
  assert.notDeepEqual(solve({ ...solving, budget: { unit: 'steps', count: 1 }, seed: 5 }), once)
})

test('the end of the wall time ends a search whose budget is not spent (DSP-11)', async () => {
  const kind = { places: 'random', horizon: 'short', windows: 1, width: 60, customers: 20 } as const
  const instance = generateInstance(kind, 3)
  const problem = problemOf(instance)
  const budget = { unit: 'steps', count: 1e12 } as const
  const { routes } = await solveInWorkers({ problem, budget, seed: 1, islands: 2, seconds: 0.2 })
  assert.deepEqual(verifyPlan(instance, idsOf(instance, routes)).violations, [])
})

test('an aborted search rejects and ends its threads (DSP-11)', async () => {
  const kind = { places: 'random', horizon: 'short', windows: 1, width: 60, customers: 10 } as const
  const problem = problemOf(generateInstance(kind, 3))
  const stop = new AbortController()
  const budget = { unit: 'steps', count: 1e12 } as const
  const solving = solveInWorkers({ problem, budget, seed: 1, islands: 1, seconds: 3600, signal: stop.signal })
  stop.abort(new Error('a newer plan is needed'))
  await assert.rejects(solving, /a newer plan is needed/)
})

test('the place of a request is the cheapest one that the verifier accepts (DSP-11)', () => {
  fc.assert(
    fc.property(instances, fc.nat(100), (instance, seed) => {
      const problem = problemOf(instance)
      const { finder, plan } = newSearch(problem, seed)
      finder.fleet = 3
      for (let request = 0; request < problem.requests; request++) {
        const before = routesOf(plan).slice(0, 3)
        findPlace(finder, plan, request)
        const cheapest = cheapestByTrial(instance, before, [problem.pickup[request]!, problem.delivery[request]!])
        assert.ok(finder.cost === cheapest || Math.abs(finder.cost - cheapest) < 1e-6, `${finder.cost} ${cheapest}`)
        if (finder.cost < Infinity) insertRequest(problem, plan, request, finder.place)
      }
    }),
    { numRuns: 30 },
  )
})

/** Tries every pair of places, and asks the verifier about each. */
function cheapestByTrial(
  instance: Instance,
  routes: readonly (readonly number[])[],
  [pickup, delivery]: readonly [number, number],
) {
  const present = new Set([0, pickup, delivery, ...routes.flat()])
  const part = { ...instance, tasks: instance.tasks.filter((_, node) => present.has(node)) }
  const distance = verifyPlan(instance, idsOf(instance, routes)).distance
  let cheapest = Infinity
  routes.forEach((route, index) => {
    for (let i = 0; i <= route.length; i++)
      for (let j = i; j <= route.length; j++) {
        const trial = [...route.slice(0, i), pickup, ...route.slice(i, j), delivery, ...route.slice(j)]
        const verified = verifyPlan(part, idsOf(instance, routes.with(index, trial)))
        if (verified.violations.length === 0) cheapest = Math.min(cheapest, verified.distance - distance)
      }
  })
  return cheapest
}
